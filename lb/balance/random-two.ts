import type { Algorithm, Candidate } from './balance.ts'

/**
 * Of two drawn at random, the one with less to do: requests under way, each as heavy as the server is slow. No two
 * balancers ever run after the same idle server, as they do with the least connections.
 */
export class RandomTwo implements Algorithm {
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  pick<C extends Candidate>(candidates: readonly [C, ...C[]]): C {
    const first = Math.floor(this.#random() * candidates.length)
    const step = 1 + Math.floor(this.#random() * (candidates.length - 1))
    const one = candidates[first] ?? candidates[0]
    const other = candidates[(first + step) % candidates.length] ?? one
    const meanMs = candidates.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / candidates.length
    return cost(other, meanMs) < cost(one, meanMs) ? other : one
  }
}

/** A server of whom nothing is known is taken for an ordinary one. */
function cost({ sessions, latencyMs, share }: Candidate, meanMs: number): number {
  const slowness = latencyMs > 0 && meanMs > 0 ? latencyMs / meanMs : 1
  return ((sessions.current + 1) * slowness) / share
}
