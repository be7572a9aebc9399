import type { SteadyState } from '../experiment/experiment.ts'

/** What is asked of each probe. Times in µs since the origin. */
export interface WatchedProbe {
  readonly dueUs: number
  readonly latencyMs: number
  readonly good: boolean
  /** Index of the answering instance, 0 for none. */
  readonly instance: number
}

/** An instance that gave less than this part of the baseline's answers may be missing by chance. */
const OFTEN = 0.05
/** Beyond W, so that a window of W surely fits when the trial is analysed. */
const MARGIN_US = 300_000

/**
 * Tells, while a trial goes, when all has been well for W since the fault was undone, and whoever answered in the
 * baseline answers again: for trials that do not wait longer than they must. The verdict never uses it.
 */
export class RecoveryWatch {
  readonly #windowUs: number
  readonly #maxP99Ms: number
  readonly #answers = new Map<number, number>()
  readonly #seen = new Set<number>()
  readonly #steady = Promise.withResolvers<void>()
  /** Resolves when it is so, perhaps never. */
  readonly steady = this.#steady.promise
  #state: 'other' | 'baseline' | 'recovery' = 'other'
  #sinceUs = 0

  constructor(steadyWindowMs: number, { maxP99Ms }: SteadyState) {
    this.#windowUs = steadyWindowMs * 1000 + MARGIN_US
    this.#maxP99Ms = maxP99Ms
  }

  baselineBegins(): void {
    this.#state = 'baseline'
  }

  faultBegins(): void {
    this.#state = 'other'
  }

  recoveryBegins(atUs: number): void {
    this.#state = 'recovery'
    this.#sinceUs = atUs
  }

  add(probe: WatchedProbe): void {
    if (this.#state === 'baseline' && probe.good)
      this.#answers.set(probe.instance, (this.#answers.get(probe.instance) ?? 0) + 1)
    if (this.#state !== 'recovery' || probe.dueUs < this.#sinceUs) return
    if (!probe.good || probe.latencyMs > this.#maxP99Ms) this.#sinceUs = probe.dueUs + 1
    else this.#seen.add(probe.instance)
    if (probe.dueUs - this.#sinceUs >= this.#windowUs && this.#allAreBack()) this.#steady.resolve()
  }

  #allAreBack(): boolean {
    const total = [...this.#answers.values()].reduce((sum, count) => sum + count, 0)
    return [...this.#answers].every(([instance, count]) => count < OFTEN * total || this.#seen.has(instance))
  }
}
