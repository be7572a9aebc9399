import type { Algorithm, Candidate } from './balance.ts'
import { RoundRobin } from './round-robin.ts'

/** The server with the fewest requests under way for its weight; those with equally many take turns. */
export class LeastConn implements Algorithm {
  readonly #turns = new RoundRobin()

  pick<C extends Candidate>(candidates: readonly [C, ...C[]]): C {
    const load = ({ sessions, share }: Candidate) => sessions.current / share
    const least = Math.min(...candidates.map(load))
    const [first, ...others] = candidates.filter(candidate => load(candidate) === least)
    return this.#turns.pick([first ?? candidates[0], ...others])
  }
}
