/** HAProxy's own number, so that its columns mean the same here. */
const REQUESTS = 1_024

/** The mean of about the last 1,024 values, the newer ones counting more; and the largest ever. */
export class RecentMean {
  #count = 0
  #mean = 0
  #max = 0

  add(value: number): void {
    this.#count = Math.min(this.#count + 1, REQUESTS)
    this.#mean += (value - this.#mean) / this.#count
    if (value > this.#max) this.#max = value
  }

  get mean(): number {
    return this.#mean
  }

  get max(): number {
    return this.#max
  }
}
