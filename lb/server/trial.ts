/** Good answers in a row that end it. */
const OWED = 3

/**
 * A server whose conduct is in doubt, or that returns after an ejection for it: it gets one request at a time, and its
 * answers decide. Bad ones come in bursts, since one pause delays all that waits; a server that was merely paused
 * passes within milliseconds.
 */
export class Trial {
  #owed = OWED
  #pardons: number

  /** `pardons`: bad answers that do not fail it yet. */
  constructor(pardons: number) {
    this.#pardons = pardons
  }

  good(): 'passed' | 'open' {
    this.#owed -= 1
    return this.#owed <= 0 ? 'passed' : 'open'
  }

  bad(): 'failed' | 'open' {
    this.#owed = OWED
    this.#pardons -= 1
    return this.#pardons < 0 ? 'failed' : 'open'
  }
}
