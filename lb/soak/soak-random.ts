import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Random numbers that a seed fixes. */
export interface SoakRandom {
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  /** In an order of its own. */
  shuffled<T>(values: readonly T[]): T[]
}

export function soakRandom(seed: number): SoakRandom {
  const generator = xoroshiro128plus(seed)
  const between = (least: number, most: number) => uniformInt(generator, least, most)
  return {
    between,
    shuffled: values => {
      const left = [...values]
      return values.map(() => left.splice(between(0, left.length - 1), 1)[0] as (typeof left)[number])
    },
  }
}
