/** Events a second over the last whole second, and the most there have been in one: HAProxy's `rate`, `rate_max`. */
export class Rate {
  #second = 0
  #current = 0
  #previous = 0
  #max = 0

  add(nowMs: number): void {
    this.#turn(nowMs)
    this.#current += 1
    if (this.#current > this.#max) this.#max = this.#current
  }

  perSecond(nowMs: number): number {
    this.#turn(nowMs)
    return this.#previous
  }

  get max(): number {
    return this.#max
  }

  #turn(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000)
    if (second === this.#second) return
    this.#previous = second === this.#second + 1 ? this.#current : 0
    this.#second = second
    this.#current = 0
  }
}
