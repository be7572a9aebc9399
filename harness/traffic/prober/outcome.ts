import type { IncomingMessage } from 'node:http'
import type { Outcome } from '../../history/sample.ts'

/** What an error of a request says about how it failed. */
export function outcomeOfError(error: NodeJS.ErrnoException): Outcome {
  // Node's word, with the code of a reset, for a FIN before the answer.
  if (error.message === 'socket hang up') return 'closed'
  if (error.code === 'ECONNREFUSED') return 'refused'
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return 'reset'
  if (error.code?.startsWith('HPE_')) return 'malformed'
  return 'unreachable'
}

/** An answer that was cut short: by a reset, or by a FIN. Node reports both as "aborted"; the socket knows. */
export function outcomeOfTruncation(response: IncomingMessage): Outcome {
  const error = response.socket.errored as NodeJS.ErrnoException | null
  return error?.code === 'ECONNRESET' ? 'reset' : 'closed'
}
