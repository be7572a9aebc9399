export interface Waiter {
  /** A server may be free now; whoever finds none joins again. */
  proceed(): void
  /** It has waited long enough. */
  giveUp(): void
}

export interface LineLimits {
  readonly most: number
  readonly limitMs: number
}

interface Place {
  readonly waiter: Waiter
  readonly sinceMs: number
}

/** Requests for which every server that may be used has as much as it may: a short line, first come first served. */
export class WaitingLine {
  #limits: LineLimits
  #places: Place[] = []
  #longest = 0

  constructor(limits: LineLimits) {
    this.#limits = limits
  }

  limit(limits: LineLimits): void {
    this.#limits = limits
  }

  get length(): number {
    return this.#places.length
  }

  /** Most that have ever waited at once. */
  get longest(): number {
    return this.#longest
  }

  /** Who was called in vain has its old place again: the line is in the order of `sinceMs`. */
  join(waiter: Waiter, sinceMs: number): 'joined' | 'full' {
    if (this.#places.length >= this.#limits.most) return 'full'
    const at = this.#places.findLastIndex(place => place.sinceMs <= sinceMs) + 1
    this.#places.splice(at, 0, { waiter, sinceMs })
    this.#longest = Math.max(this.#longest, this.#places.length)
    return 'joined'
  }

  leave(waiter: Waiter): void {
    this.#places = this.#places.filter(place => place.waiter !== waiter)
  }

  /** One place has become free. */
  callNext(): void {
    this.#places.shift()?.waiter.proceed()
  }

  /** There may be many. */
  callAll(): void {
    for (const { waiter } of this.#places.splice(0)) waiter.proceed()
  }

  expire(nowMs: number): void {
    const firstYoung = this.#places.findIndex(({ sinceMs }) => nowMs - sinceMs < this.#limits.limitMs)
    const expired = this.#places.splice(0, firstYoung < 0 ? this.#places.length : firstYoung)
    for (const { waiter } of expired) waiter.giveUp()
  }
}
