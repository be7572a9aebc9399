import { OUTCOMES } from '../history/sample.ts'
import type { SampleColumns } from '../history/sample-row.ts'
import type { Limits } from './judge-step.ts'

const OK = OUTCOMES.indexOf('ok')
const SLOWEST = 0.01
/** More may end in a step than were due in it, if only by chance. */
const MORE_THAN_OFFERED = 1.1

/**
 * Tells, while a step goes, that so much was bad or slow that nothing to come can mend it: loading a system that
 * fails for longer would tell nothing more.
 */
export class Hopeless {
  readonly #limits: Limits
  readonly #fromUs: number
  readonly #most: { readonly bad: number; readonly slow: number }
  #bad = 0
  #slow = 0

  constructor(
    limits: Limits,
    step: { readonly rate: number; readonly stepMs: number; readonly fromUs: number },
  ) {
    const expected = ((step.rate * step.stepMs) / 1000) * MORE_THAN_OFFERED
    this.#limits = limits
    this.#fromUs = step.fromUs
    this.#most = { bad: expected * (1 - limits.minSuccess), slow: expected * SLOWEST }
  }

  get isSo(): boolean {
    return this.#bad > this.#most.bad || this.#slow > this.#most.slow
  }

  add(rows: SampleColumns): void {
    for (let index = 0; index < rows.length; index += 1) {
      const endedUs = rows.endedUs[index] ?? 0
      if (endedUs < this.#fromUs) continue
      if (rows.outcome[index] !== OK) this.#bad += 1
      else if (endedUs - (rows.dueUs[index] ?? 0) > this.#limits.maxP99Ms * 1000) this.#slow += 1
    }
  }
}
