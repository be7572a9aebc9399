import { Hash } from './hash.ts'
import { LeastConn } from './least-conn.ts'
import { RandomTwo } from './random-two.ts'
import { RoundRobin } from './round-robin.ts'

/** What an algorithm may know of a server. */
export interface Candidate {
  readonly name: string
  /** Against its peers': its weight, less while it starts slowly. */
  readonly share: number
  readonly sessions: { readonly current: number }
  /** Mean time to the head of an answer; 0: not known. */
  readonly latencyMs: number
}

export interface Algorithm {
  /** One of these, which are never none. `key`: what the configuration says requests are told apart by. */
  pick<C extends Candidate>(candidates: readonly [C, ...C[]], key: string): C
}

/** Every balancing algorithm, by HAProxy's name for it. Adding one: a file beside this one, and a line here. */
export const ALGORITHMS = {
  roundrobin: () => new RoundRobin(),
  leastconn: () => new LeastConn(),
  'random-two': random => new RandomTwo(random),
  hash: () => new Hash(),
} satisfies Record<string, (random: () => number) => Algorithm>
