import { LeastConn } from './least-conn.ts'
import { RoundRobin } from './round-robin.ts'

/** What an algorithm may know of a server. */
export interface Candidate {
  readonly name: string
  readonly sessions: { readonly current: number }
}

export interface Algorithm {
  /** One of these, which are never none. */
  pick<C extends Candidate>(candidates: readonly [C, ...C[]]): C
}

/** Every balancing algorithm, by HAProxy's name for it. Adding one: a file beside this one, and a line here. */
export const ALGORITHMS = {
  roundrobin: () => new RoundRobin(),
  leastconn: () => new LeastConn(),
} satisfies Record<string, () => Algorithm>
