import { isUnreachable } from '../routing/unreachable.ts'
import { BodyTooLarge } from './request-body.ts'

/** What the request was sent on. `none`: it never got as far, so no byte of it was sent. */
export type Connection = 'none' | 'fresh' | 'reused'

export interface AttemptFailure {
  readonly kind:
    | 'unreachable'
    | 'connection-lost'
    | 'answer-timeout'
    /** What was left of the request's deadline, which may be short, and says nothing of the app. */
    | 'deadline-passed'
    | 'silenced'
    | 'bad-answer'
    | 'bad-request'
    | 'body-too-large'
  readonly connection: Connection
  readonly error: Error
}

export class AttemptTimeout extends Error {
  readonly stage: 'connect' | 'answer' | 'deadline'

  constructor(stage: 'connect' | 'answer' | 'deadline', timeoutMs: number) {
    super(stage === 'connect' ? `no connection in ${timeoutMs} ms` : `no answer in ${timeoutMs} ms`)
    this.stage = stage
  }
}

export class Silenced extends Error {
  constructor(app: string) {
    super(`${app} stopped answering its checks`)
  }
}

export function failureOf(error: NodeJS.ErrnoException, connection: Connection): AttemptFailure {
  return { kind: kindOf(error, connection), connection, error }
}

const kindOfTimeout = {
  connect: 'unreachable',
  answer: 'answer-timeout',
  deadline: 'deadline-passed',
} as const

function kindOf(error: NodeJS.ErrnoException, connection: Connection): AttemptFailure['kind'] {
  if (error instanceof BodyTooLarge) return 'body-too-large'
  if (error instanceof Silenced) return 'silenced'
  if (error instanceof AttemptTimeout) return kindOfTimeout[error.stage]
  // The parser's errors, all named HPE_: the app does not speak HTTP, or its head is too large.
  if (error.code?.startsWith('HPE_')) return 'bad-answer'
  if (error.code === 'ERR_INVALID_CHAR' || error.code === 'ERR_UNESCAPED_CHARACTERS') return 'bad-request'
  return connection === 'none' || isUnreachable(error) ? 'unreachable' : 'connection-lost'
}
