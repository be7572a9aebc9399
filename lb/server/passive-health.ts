import type { Failure } from '../upstream/failure.ts'
import type { Backend } from './backend.ts'
import type { Server } from './server.ts'
import type { Observation } from './server-state.ts'

/** What a failed request says of the server it was meant for. */
function blame({ cause, connection }: Failure, survivors: number): Observation | undefined {
  switch (cause) {
    case 'connect-refused':
    case 'connect-timeout':
    case 'unreachable':
      return { kind: 'ejected', why: 'gone', cause }
    case 'reset':
      // A kept connection may be reset by a living server that closed it as we wrote. And a request that
      // makes every server reset must not take out the last one.
      if (connection === 'reused' || survivors === 0) return { kind: 'suspected' }
      return { kind: 'ejected', why: 'gone', cause }
    case 'connect-slow':
    case 'closed':
    case 'server-timeout':
      return { kind: 'suspected' }
    case 'bad-answer': // judged by their rate
    case 'server-silent':
    case 'client-gone':
      return undefined
  }
}

/** Not the end of a kept connection: a living server may have closed it just then. */
function isBadAnswer({ cause, connection }: Failure): boolean {
  if (cause === 'reset' || cause === 'closed') return connection === 'fresh'
  return cause === 'server-timeout' || cause === 'bad-answer'
}

/** Passes it on to the server's state, and has the server checked at once. */
export function reportFailure(backend: Backend, server: Server, failure: Failure): void {
  if (isBadAnswer(failure)) backend.judge(server, 'bad', 0)
  const survivors = backend.up.filter(other => other !== server).length
  const seen = blame(failure, survivors)
  if (!seen) return
  backend.observe(server, seen)
  server.checkNow()
}
