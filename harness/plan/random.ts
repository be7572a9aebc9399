import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Random numbers that a seed fixes. `stream` keeps draws for different purposes independent of one another. */
export interface Random {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number
}

export function randomFrom(seed: number, stream: string): Random {
  let mixed = seed | 0
  for (const character of stream) mixed = (Math.imul(mixed, 31) + character.charCodeAt(0)) | 0
  const generator = xoroshiro128plus(mixed)
  return { below: bound => uniformInt(generator, 0, bound - 1) }
}
