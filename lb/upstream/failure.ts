export type FailureCause =
  | 'connect-refused'
  | 'connect-timeout'
  /** Not connected after longer than that ever takes; it may yet be. */
  | 'connect-slow'
  | 'unreachable'
  | 'reset'
  /** Closed in good order, but without an answer. */
  | 'closed'
  | 'server-timeout'
  /** Checks found the server silent while it had this request. */
  | 'server-silent'
  | 'bad-answer'
  | 'client-gone'

/** Why an attempt brought no answer. */
export interface Failure {
  readonly cause: FailureCause
  /** Unsent: not a byte can have reached the server. */
  readonly stage: 'unsent' | 'sent'
  readonly connection: 'fresh' | 'reused'
}

const CAUSES: Readonly<Record<string, FailureCause>> = {
  ECONNREFUSED: 'connect-refused',
  ETIMEDOUT: 'connect-timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
}

export function causeOf(error: NodeJS.ErrnoException): FailureCause {
  // Node's own "socket hang up" has the code of a reset, but no system call that reported one.
  if (error.code === 'ECONNRESET' && error.syscall === undefined) return 'closed'
  return CAUSES[error.code ?? ''] ?? 'bad-answer'
}
