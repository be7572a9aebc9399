/** Letters of either case are told apart by their last five bits; other characters may look like one, which does no harm. */
const LETTER = 31
const LETTERS = 32

/**
 * Some headers' names among all names that there are. Written small only if its length and its first letter are those
 * of one of them: that is done for each header of each message, and mostly in vain.
 */
export class NameFilter {
  readonly #names: ReadonlySet<string>
  readonly #may: Uint8Array
  readonly #longest: number

  constructor(names: Iterable<string>) {
    this.#names = new Set(names)
    this.#longest = Math.max(...[...this.#names].map(({ length }) => length))
    this.#may = new Uint8Array((this.#longest + 1) * LETTERS)
    for (const name of this.#names) this.#may[placeOf(name)] = 1
  }

  /** The name, written small, if it is one of these. */
  lower(name: string): string | undefined {
    if (name.length > this.#longest || this.#may[placeOf(name)] === 0) return undefined
    const lower = name.toLowerCase()
    return this.#names.has(lower) ? lower : undefined
  }

  has(name: string): boolean {
    return this.lower(name) !== undefined
  }
}

function placeOf(name: string): number {
  return name.length * LETTERS + (name.charCodeAt(0) & LETTER)
}
