import { MOST_INSTANCES } from '../history/sample-row.ts'

const LONGEST_VALUE = 256

/** Gives each value of the answering-instance header an index; 0 is "not told". */
export class InstanceTable {
  readonly #announce: (index: number, value: string) => void
  readonly #indexes = new Map<string, number>()

  constructor(announce: (index: number, value: string) => void) {
    this.#announce = announce
  }

  indexOf(header: string | string[] | undefined): number {
    const value = (Array.isArray(header) ? header.join(', ') : (header ?? '')).trim().slice(0, LONGEST_VALUE)
    if (value === '') return 0
    const known = this.#indexes.get(value)
    if (known !== undefined) return known
    const index = this.#indexes.size + 1
    if (index > MOST_INSTANCES) return 0 // a header with ever new values tells no instance
    this.#indexes.set(value, index)
    this.#announce(index, value)
    return index
  }
}
