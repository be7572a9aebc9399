import type { IncomingMessage } from 'node:http'
import type { Outcome } from '../history/sample.ts'

/** This machine has run out of something; the request has not gone out, and says nothing of the system. */
const OWN_FAILURES = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EAGAIN'])

/** What an error of a request says about how it failed. */
export function outcomeOfError(error: NodeJS.ErrnoException): Outcome {
  const code = error.code ?? ''
  // Node's word, with the code of a reset, for a FIN before the answer; and its parser's for a FIN within the head.
  if (error.message === 'socket hang up' || code === 'HPE_INVALID_EOF_STATE') return 'closed'
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'reset'
  if (code.startsWith('HPE_')) return 'malformed'
  return OWN_FAILURES.has(code) ? 'unsent' : 'unreachable'
}

/** An answer that was cut short: by a reset, or by a FIN. Node reports both as "aborted"; the socket knows. */
export function outcomeOfTruncation(response: IncomingMessage): Outcome {
  const error = response.socket.errored as NodeJS.ErrnoException | null
  return error?.code === 'ECONNRESET' ? 'reset' : 'closed'
}
