const PERIOD_MS = 5

/**
 * Looks every few milliseconds at what is under way, and not at all while nothing is: one timer for all requests,
 * where one for each would be a good part of their cost. It looks after the poll phase of its turn of the loop, so
 * that what had arrived has been heard.
 */
export class Watch {
  readonly #look: () => 'busy' | 'idle'
  #timer: NodeJS.Timeout | undefined
  #state: 'asleep' | 'awake' | 'stopped' = 'asleep'

  constructor(look: () => 'busy' | 'idle') {
    this.#look = look
  }

  wake(): void {
    if (this.#state !== 'asleep') return
    this.#state = 'awake'
    this.#schedule()
  }

  stop(): void {
    this.#state = 'stopped'
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    this.#timer = setTimeout(() => setImmediate(() => this.#turn()), PERIOD_MS)
    this.#timer.unref()
  }

  #turn(): void {
    if (this.#state !== 'awake') return
    if (this.#look() === 'busy') this.#schedule()
    else this.#state = 'asleep'
  }
}
