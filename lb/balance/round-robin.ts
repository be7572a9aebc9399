import type { Algorithm, Candidate } from './balance.ts'

interface Turn {
  /** When it is due again, in picks of a server of weight 1. */
  due: number
  last: number
}

/**
 * By turns, each as often as its weight says. Unlike an index that skips those who are down, this gives no server its
 * absent neighbour's share, and who was away has nothing to make good: two survivors of three get a half each.
 */
export class RoundRobin implements Algorithm {
  readonly #turns = new Map<string, Turn>()
  #now = 0
  #count = 0

  pick<C extends Candidate>(candidates: readonly [C, ...C[]]): C {
    let next = candidates[0]
    let turn = this.#of(next)
    for (let index = 1; index < candidates.length; index += 1) {
      const candidate = candidates[index] as C
      const other = this.#of(candidate)
      if (other.due < turn.due || (other.due === turn.due && other.last < turn.last)) {
        next = candidate
        turn = other
      }
    }
    this.#now = turn.due
    this.#count += 1
    turn.due += 1 / next.share
    turn.last = this.#count
    return next
  }

  /** What it did not get while it was away is gone. */
  #of(candidate: Candidate): Turn {
    let turn = this.#turns.get(candidate.name)
    if (!turn) {
      turn = { due: this.#now, last: 0 }
      this.#turns.set(candidate.name, turn)
    }
    if (turn.due < this.#now) turn.due = this.#now
    return turn
  }
}
