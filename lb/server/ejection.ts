export interface EjectionLimits {
  /** Of the first ejection for conduct, and the step of all later ones. */
  readonly baseMs: number
  readonly maxMs: number
}

/** So long without an ejection, and the next one is a first one again. */
const FORGIVEN_MS = 60_000

/**
 * How long a server that was taken out by its traffic stays out at least: doubled with each flap. Who is gone proves
 * his return by passing checks, and so need not be held back the first time; who answers badly passes checks all along.
 */
export class Ejection {
  #limits: EjectionLimits = { baseMs: 0, maxMs: 0 }
  #flaps = 0
  #lastMs = Number.NEGATIVE_INFINITY
  #untilMs = Number.NEGATIVE_INFINITY

  limit(limits: EjectionLimits): void {
    this.#limits = limits
  }

  eject(why: 'gone' | 'conduct', nowMs: number): void {
    if (nowMs - this.#lastMs > FORGIVEN_MS) this.#flaps = 0
    this.#flaps += 1
    this.#lastMs = nowMs
    const doubled = 2 ** (this.#flaps - 1)
    const steps = why === 'gone' ? doubled - 1 : doubled
    this.#untilMs = nowMs + Math.min(this.#limits.maxMs, steps * this.#limits.baseMs)
  }

  holds(nowMs: number): boolean {
    return nowMs < this.#untilMs
  }
}
