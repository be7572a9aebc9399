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
/** An instance is back when it gives at least this part of what it gave before. */
const PART_OF_BEFORE = 0.25
/** Beyond W, so that a window of W surely fits when the trial is analysed. */
const MARGIN_US = 300_000

/**
 * Tells, while a trial goes, when all has been well for W since the fault was undone, and whoever answered in the
 * baseline carries its share again: for trials that do not wait longer than they must. The verdict never uses it.
 */
export class RecoveryWatch {
  readonly #windowUs: number
  readonly #maxP99Ms: number
  readonly #answers = new Map<number, number>()
  #baselineMs: number[] = []
  readonly #steady = Promise.withResolvers<void>()
  /** Resolves when it is so, perhaps never. */
  readonly steady = this.#steady.promise
  #state: 'other' | 'baseline' | 'recovery' = 'other'
  #bandMs = 0
  /** No probe that was due since then was bad. */
  #sinceUs = 0
  #recent: WatchedProbe[] = []

  constructor(steadyWindowMs: number, { maxP99Ms }: SteadyState) {
    this.#windowUs = steadyWindowMs * 1000 + MARGIN_US
    this.#maxP99Ms = maxP99Ms
  }

  baselineBegins(): void {
    this.#state = 'baseline'
  }

  faultBegins(): void {
    this.#state = 'other'
    const p99Ms = p99Of(this.#baselineMs)
    this.#baselineMs = []
    // As the analysis has it: what counts as back to normal.
    this.#bandMs = Math.min(this.#maxP99Ms, Math.max(2 * p99Ms, p99Ms + 50))
  }

  /** From here on. */
  recoveryBegins(atUs: number): void {
    this.#state = 'recovery'
    this.#sinceUs = atUs
  }

  add(probe: WatchedProbe): void {
    if (this.#state === 'baseline' && probe.good) {
      this.#answers.set(probe.instance, (this.#answers.get(probe.instance) ?? 0) + 1)
      this.#baselineMs.push(probe.latencyMs)
    }
    if (this.#state !== 'recovery' || probe.dueUs < this.#sinceUs) return
    if (!probe.good) {
      this.#sinceUs = probe.dueUs + 1
      return
    }
    this.#recent = [...this.#recent.filter(({ dueUs }) => dueUs > probe.dueUs - this.#windowUs), probe]
    const isWhole = probe.dueUs - this.#sinceUs >= this.#windowUs
    if (
      isWhole &&
      p99Of(this.#recent.map(({ latencyMs }) => latencyMs)) <= this.#bandMs &&
      this.#allAreBack()
    )
      this.#steady.resolve()
  }

  #allAreBack(): boolean {
    const total = [...this.#answers.values()].reduce((sum, count) => sum + count, 0)
    return [...this.#answers].every(([instance, count]) => {
      if (count < OFTEN * total) return true
      const now = this.#recent.filter(probe => probe.instance === instance).length
      return now / this.#recent.length >= (PART_OF_BEFORE * count) / total
    })
  }
}

/** Nearest rank; 0 of nothing. */
function p99Of(latenciesMs: readonly number[]): number {
  return latenciesMs.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(0.99 * latenciesMs.length) - 1)] ?? 0
}
