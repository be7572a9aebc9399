import type { Algorithm, Candidate } from './balance.ts'

const OFFSET = 0x811c9dc5
const PRIME = 0x01000193

/**
 * The same key, the same server, as long as it is there: each server has a score for each key (rendezvous hashing),
 * so that when one goes only its own keys move, and they spread over all the others.
 */
export class Hash implements Algorithm {
  pick<C extends Candidate>(candidates: readonly [C, ...C[]], key: string): C {
    let best = candidates[0]
    let highest = score(best, key)
    for (const candidate of candidates.slice(1)) {
      const own = score(candidate, key)
      if (own <= highest) continue
      best = candidate
      highest = own
    }
    return best
  }
}

/** Larger weights win in proportion: an exponential variate of that rate, turned round. */
function score({ name, share }: Candidate, key: string): number {
  const uniform = (mixed(`${name}\0${key}`) + 0.5) / 2 ** 32
  return -share / Math.log(uniform)
}

/** FNV-1a, its bits mixed further: names that differ in one letter must not give scores that go together. */
function mixed(text: string): number {
  let hash = OFFSET
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), PRIME)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
