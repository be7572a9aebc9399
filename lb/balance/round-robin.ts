import type { Algorithm, Candidate } from './balance.ts'

/**
 * Whoever was picked longest ago. Unlike an index that skips those who are down, this gives no server its absent
 * neighbour's share: two survivors of three get a half each.
 */
export class RoundRobin implements Algorithm {
  readonly #lastTurn = new Map<string, number>()
  #turn = 0

  pick<C extends Candidate>(candidates: readonly [C, ...C[]]): C {
    let next = candidates[0]
    for (const candidate of candidates) if (this.#of(candidate) < this.#of(next)) next = candidate
    this.#turn += 1
    this.#lastTurn.set(next.name, this.#turn)
    return next
  }

  #of(candidate: Candidate): number {
    return this.#lastTurn.get(candidate.name) ?? 0
  }
}
