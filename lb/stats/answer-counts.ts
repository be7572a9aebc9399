const CLASSES = 6

/** Answers by the first digit of their status; index 0 is everything that is none (`hrsp_other`). */
export class AnswerCounts {
  readonly #counts = new Array<number>(CLASSES).fill(0)

  add(status: number): void {
    const first = Math.floor(status / 100)
    const index = first >= 1 && first < CLASSES ? first : 0
    this.#counts[index] = this.of(index) + 1
  }

  of(firstDigit: number): number {
    return this.#counts[firstDigit] ?? 0
  }
}
