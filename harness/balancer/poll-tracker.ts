import type { BalancerReport, Instant, Standing } from './adapter.ts'

/** So many polls in a row without an answer, and the balancer counts as not watched. */
const LOST_AFTER = 5

/** What the balancer answered to one poll. Both times are this machine's monotonic clock. */
export interface PollAnswer {
  readonly sentNs: bigint
  readonly receivedNs: bigint
  readonly standings: readonly Standing[]
}

/**
 * What a row of polls tells. The balancer looked at its servers at some instant between a poll's sending and
 * its answer's arrival, so that a change lies between the sending of the last poll that was answered with the
 * old state and the arrival of the first answer with the new one.
 */
export class PollTracker {
  #lastSentNs: bigint
  #standings = new Map<string, Standing>()
  #failures = 0
  #state: 'unwatched' | 'watched' | 'lost' = 'unwatched'

  constructor(startedNs: bigint) {
    this.#lastSentNs = startedNs
  }

  answered({ sentNs, receivedNs, standings }: PollAnswer): BalancerReport[] {
    const instant = between(this.#lastSentNs, receivedNs)
    const isFirst = this.#state === 'unwatched' || (this.#state === 'lost' && this.#standings.size === 0)
    const reports: BalancerReport[] =
      this.#state === 'watched' ? [] : [{ type: 'watched', since: between(sentNs, receivedNs) }]
    const before = this.#standings
    this.#standings = new Map(standings.map(standing => [standing.server, standing]))
    for (const standing of standings) {
      if (isFirst)
        reports.push({
          type: 'change',
          standing: { ...standing, cause: 'snapshot' },
          instant: between(sentNs, receivedNs),
        })
      else if (differs(before.get(standing.server), standing))
        reports.push({ type: 'change', standing, instant })
    }
    for (const gone of before.values()) {
      if (!this.#standings.has(gone.server) && gone.state !== 'down')
        reports.push({ type: 'change', standing: { ...gone, state: 'down', cause: 'removed' }, instant })
    }
    this.#state = 'watched'
    this.#failures = 0
    this.#lastSentNs = sentNs
    return reports
  }

  failed(reason: string): BalancerReport[] {
    this.#failures += 1
    if (this.#failures < LOST_AFTER || this.#state === 'lost') return []
    this.#state = 'lost'
    return [{ type: 'lost', since: between(this.#lastSentNs, this.#lastSentNs), reason }]
  }
}

function differs(before: Standing | undefined, { state, address }: Standing): boolean {
  return before?.state !== state || before.address !== address
}

function between(earliestNs: bigint, latestNs: bigint): Instant {
  return { kind: 'between', clock: 'ours', earliestNs, latestNs }
}
