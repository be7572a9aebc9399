/** Whoever can be in a bag knows where: -1 while in none. */
export interface Placed {
  place: number
}

/**
 * A set that changes with every request. JavaScript's own leaves an old table behind whenever it has grown, which
 * points to the next one and so to all that was in it: once the first is in the old generation, the collector of the
 * young one keeps them all. Measured: collections of 20 to 40 ms, most of what they kept garbage.
 */
export class UnderWay<T extends Placed> {
  readonly #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  add(item: T): void {
    item.place = this.#items.length
    this.#items.push(item)
  }

  /** `false`: it is not here. */
  remove(item: T): boolean {
    const { place } = item
    if (place < 0) return false
    const last = this.#items.pop() as T
    if (last !== item) {
      this.#items[place] = last
      last.place = place
    }
    item.place = -1
    return true
  }

  /** A copy: what is done to one of them may end it, and others. */
  all(): readonly T[] {
    return this.#items.slice()
  }
}
