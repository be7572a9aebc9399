/** Told to whoever comes when all places are taken and nobody may wait for one. */
export class Full extends Error {
  override readonly name = 'Full'
}

/** So many tasks at once; the others wait in line, in the order in which they came, as many as may. */
export class Gate {
  #busy = 0
  readonly #line: (() => void)[] = []
  readonly #places: number
  readonly #mayWait: number

  constructor(places: number, mayWait = Number.POSITIVE_INFINITY) {
    this.#places = places
    this.#mayWait = mayWait
  }

  /** Errors: Full; the task's own. */
  async through<T>(task: () => Promise<T>): Promise<T> {
    if (this.#busy < this.#places) this.#busy += 1
    else if (this.#line.length < this.#mayWait) await this.#turn()
    else throw new Full('all places are taken')
    try {
      return await task()
    } finally {
      const next = this.#line.shift()
      if (next) next()
      else this.#busy -= 1
    }
  }

  /** Whoever leaves hands the place on, so that nobody who comes later takes it. */
  #turn(): Promise<void> {
    return new Promise(resolve => this.#line.push(resolve))
  }
}
