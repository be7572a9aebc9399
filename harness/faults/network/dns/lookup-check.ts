import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Decision } from './manner.ts'
import { queryFor, wordsOf } from './message.ts'
import type { NameService } from './name-service.ts'
import { DNS_PORT } from './ports.ts'

/** Less than a standing helper is waited for. */
const LIMIT_MS = 20_000

export interface Checked {
  readonly name: string
  /** What was done to the lookup; `not seen` if it did not come this way. */
  readonly was: Decision['kind'] | 'not seen'
  /** What came back, where something was to. */
  readonly answer?: string
}

/** Looks a name up as anyone in this network namespace does, and tells what became of it. */
export async function checkLookup(name: string, server: string, names: NameService): Promise<Checked> {
  const socket = createSocket('udp4')
  socket.bind(0)
  await once(socket, 'listening')
  const seen = Promise.withResolvers<Decision>()
  const unwatch = names.watch(socket.address().port, seen.resolve)
  const limit = AbortSignal.timeout(LIMIT_MS)
  try {
    const answered = once(socket, 'message', { signal: limit })
    answered.catch(() => undefined) // it is not always awaited
    socket.send(queryFor(name, 1), DNS_PORT, server)
    const decision = await Promise.race([seen.promise, answered.then(() => undefined)])
    if (decision === undefined) return { name, was: 'not seen' }
    if (decision.kind !== 'answered') return { name, was: decision.kind }
    const [answer] = await answered
    return { name, was: decision.kind, answer: wordsOf(answer) }
  } catch (error) {
    if (limit.aborted) return { name, was: 'not seen' }
    throw error
  } finally {
    unwatch()
    socket.close()
  }
}
