import type { ConditionResult, LimitedBy } from './judge-condition.ts'

/** Of what the generator reached against a server that costs nothing, so much is asked of it and no more. */
const GENERATOR_PART = 0.8

export interface Ceiling {
  readonly rate: number
  /** Why nothing is tried above it. */
  readonly by: LimitedBy
}

/** What the generator is to show: enough for the highest rate that may be tried. */
export function generatorCeiling(maxRate: number): Ceiling {
  return { rate: Math.ceil(maxRate / GENERATOR_PART), by: 'max-rate' }
}

export function ceilingOf({ carried }: Pick<ConditionResult, 'carried'>, maxRate: number): Ceiling {
  const usable = Math.floor((carried ?? 0) * GENERATOR_PART)
  return usable < maxRate ? { rate: usable, by: 'generator' } : { rate: maxRate, by: 'max-rate' }
}
