import { z } from 'zod'
import type { BalancerReport, Instant, Standing } from './adapter.ts'

const stampSchema = z.string().regex(/^\d+$/).transform(BigInt)
const lineSchema = z.union([
  z.looseObject({ heartbeat: z.literal(true), at_ns: stampSchema }),
  z.looseObject({
    at_ns: stampSchema,
    server: z.string(),
    address: z.string().nullable(),
    state: z.enum(['up', 'down', 'drain']),
    cause: z.string(),
  }),
])

/**
 * What the balancer's stream tells, over several connections. Each begins with how the servers stand
 * (`snapshot`): where that is not how they stood when the last one ended, it changed in between. A heartbeat
 * shows that all changes before it have been told.
 */
export class StreamTracker {
  /** All that happened before is told. */
  #told: Instant
  #toldNs: bigint | undefined
  /** `#toldNs` of the connection before. */
  #lostNs: bigint | undefined
  #standings = new Map<string, Standing>()
  #state: 'unwatched' | 'watched' | 'lost' = 'unwatched'

  constructor(startedNs: bigint) {
    this.#told = { kind: 'between', clock: 'ours', earliestNs: startedNs, latestNs: startedNs }
  }

  line(text: string): BalancerReport[] {
    const parsed = lineSchema.parse(JSON.parse(text))
    const since: Instant = { kind: 'stamped', engineNs: parsed.at_ns }
    const reports: BalancerReport[] = this.#state === 'watched' ? [] : [{ type: 'watched', since }]
    this.#state = 'watched'
    this.#told = since
    this.#toldNs = parsed.at_ns
    if ('heartbeat' in parsed) return reports
    const { server, address, state, cause } = parsed
    const standing = { server, address, state, cause }
    const before = this.#standings.get(server)
    this.#standings.set(server, standing)
    if (cause !== 'snapshot' || !before || this.#lostNs === undefined)
      return [...reports, { type: 'change', standing, instant: since }]
    if (before.state === state && before.address === address) return reports
    const instant: Instant = {
      kind: 'between',
      clock: 'engine',
      earliestNs: this.#lostNs,
      latestNs: parsed.at_ns,
    }
    return [...reports, { type: 'change', standing: { ...standing, cause: 'while unwatched' }, instant }]
  }

  /** A connection ended, or could not be made. */
  ended(reason: string): BalancerReport[] {
    if (this.#state === 'lost') return []
    this.#state = 'lost'
    this.#lostNs = this.#toldNs
    return [{ type: 'lost', since: this.#told, reason }]
  }
}
