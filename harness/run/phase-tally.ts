import type { SteadyState } from '../experiment/experiment.ts'

/** Counts probes since the last reset, to say while the run goes whether the system is steady. The verdict never uses it. */
export class PhaseTally {
  #good = 0
  #bad = 0
  #latenciesMs: number[] = []

  reset(): void {
    this.#good = 0
    this.#bad = 0
    this.#latenciesMs = []
  }

  add(good: boolean, latencyMs: number): void {
    if (good) this.#good += 1
    else this.#bad += 1
    this.#latenciesMs.push(latencyMs)
  }

  get counts(): { readonly good: number; readonly bad: number } {
    return { good: this.#good, bad: this.#bad }
  }

  /** Nearest rank; `null` before the first probe. */
  percentileMs(percent: number): number | null {
    const sorted = this.#latenciesMs.toSorted((a, b) => a - b)
    return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null
  }

  /** Why the system is not steady, in words; `undefined` when it is. */
  unsteady({ minSuccess, maxP99Ms }: SteadyState): string | undefined {
    const total = this.#good + this.#bad
    const p99Ms = this.percentileMs(99)
    if (total === 0 || p99Ms === null) return 'no probe ended in the baseline.'
    if (this.#good / total < minSuccess) return `${this.#bad} of ${total} probes of the baseline were bad.`
    if (p99Ms > maxP99Ms) return `the baseline’s p99 is ${p99Ms.toFixed(0)} ms, above ${maxP99Ms} ms.`
    return undefined
  }
}
