const MEMORY_MS = 10_000
/** Fewer than five bad answers, a little faded, are chance, however rare they are elsewhere. */
const LEAST_BAD = 4.5
/** Standard deviations beyond what peers would have had. */
const SIGMAS = 5

/** How a server has answered of late: counts that fade, so that the last ten seconds weigh most. */
export class Conduct {
  #all = 0
  #bad = 0
  #atMs = 0

  note(verdict: 'good' | 'bad', nowMs: number): void {
    this.#fade(nowMs)
    this.#all += 1
    if (verdict === 'bad') this.#bad += 1
  }

  counts(nowMs: number): { readonly all: number; readonly bad: number } {
    this.#fade(nowMs)
    return { all: this.#all, bad: this.#bad }
  }

  forget(): void {
    this.#all = 0
    this.#bad = 0
  }

  #fade(nowMs: number): void {
    const left = Math.exp((this.#atMs - nowMs) / MEMORY_MS)
    this.#all *= left
    this.#bad *= left
    this.#atMs = nowMs
  }
}

/**
 * Bad more often than its peers are, by more than chance explains. By rate, never by number: when all answer badly
 * the fault is not this server's, and taking it out would mend nothing.
 */
export function isOutlier(own: Conduct, peers: readonly Conduct[], nowMs: number): boolean {
  const { all, bad } = own.counts(nowMs)
  if (bad < LEAST_BAD || peers.length === 0) return false
  let peersAll = 0
  let peersBad = 0
  for (const peer of peers) {
    const counts = peer.counts(nowMs)
    peersAll += counts.all
    peersBad += counts.bad
  }
  const rate = (peersBad + 0.5) / (peersAll + 1)
  if (rate >= 1) return false
  return bad - all * rate > SIGMAS * Math.sqrt(all * rate * (1 - rate))
}
