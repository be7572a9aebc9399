import { type Answer, ask } from './service.ts'

/** A machine that is busy is late once or twice, and not gone. */
const FAILURES_OF_THE_GONE = 3

/**
 * Asks the first of these services, and the next one only when the first was there once and is gone now: it has not
 * answered so many times in a row.
 */
export class FirstOf {
  readonly #first: string
  readonly #next: string
  readonly #limitMs: number
  #failures = Number.NEGATIVE_INFINITY

  constructor(first: string, next: string, limitMs: number) {
    this.#first = first
    this.#next = next
    this.#limitMs = limitMs
  }

  async ask(): Promise<Answer | undefined> {
    const answer = await ask(`http://${this.#first}:8080/`, this.#limitMs).catch(() => undefined)
    this.#failures = answer ? 0 : this.#failures + 1
    if (answer || this.#failures < FAILURES_OF_THE_GONE) return answer
    return await ask(`http://${this.#next}:8080/`, this.#limitMs).catch(() => undefined)
  }
}
