import type { Algorithm, Candidate } from './balance.ts'
import { RoundRobin } from './round-robin.ts'

/** The server with the fewest requests under way; those with equally many take turns. */
export class LeastConn implements Algorithm {
  readonly #turns = new RoundRobin()

  pick<C extends Candidate>(candidates: readonly [C, ...C[]]): C {
    const fewest = Math.min(...candidates.map(candidate => candidate.sessions.current))
    const [first, ...others] = candidates.filter(candidate => candidate.sessions.current === fewest)
    return this.#turns.pick([first ?? candidates[0], ...others])
  }
}
