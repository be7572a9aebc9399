const SECONDS = 10

/**
 * What may be sent a second time: a share of the requests of the last ten seconds, and a few in any case. When all
 * is slow, retries and hedges would be the load that keeps it slow.
 */
export class RetryBudget {
  readonly #share: number
  readonly #least: number
  readonly #requests = new Float64Array(SECONDS)
  readonly #spent = new Float64Array(SECONDS)
  #second = 0

  constructor(share: number, least: number) {
    this.#share = share
    this.#least = least
  }

  request(nowMs: number): void {
    const slot = this.#slot(nowMs)
    this.#requests[slot] = (this.#requests[slot] ?? 0) + 1
  }

  /** `false`: it is used up, and nothing was taken. */
  take(nowMs: number): boolean {
    const slot = this.#slot(nowMs)
    if (sum(this.#spent) >= this.#least + this.#share * sum(this.#requests)) return false
    this.#spent[slot] = (this.#spent[slot] ?? 0) + 1
    return true
  }

  #slot(nowMs: number): number {
    const second = Math.floor(nowMs / 1_000)
    for (let passed = Math.max(this.#second, second - SECONDS) + 1; passed <= second; passed += 1) {
      this.#requests[passed % SECONDS] = 0
      this.#spent[passed % SECONDS] = 0
    }
    this.#second = second
    return second % SECONDS
  }
}

function sum(values: Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}
