import { OUTCOMES, STREAMS } from '../history/sample.ts'
import type { SampleColumns } from '../history/sample-row.ts'

const OK = OUTCOMES.indexOf('ok')
const PROBE = STREAMS.indexOf('probe')

/** Watches the probes as they end: since when all were good and quick, and who answered in that time. */
export class ProbeWatch {
  readonly #maxLatencyUs: number
  readonly #names = new Map<number, readonly string[]>()
  #sinceUs = 0
  #newestDueUs = 0
  #newestEndUs = 0
  #answered = new Set<string>()

  constructor(maxLatencyMs: number) {
    this.#maxLatencyUs = maxLatencyMs * 1000
  }

  /** How long all probes have been well, by their due times, in ms. */
  get calmMs(): number {
    return (this.#newestDueUs - this.#sinceUs) / 1000
  }

  /** The end of the newest probe; what ended before it has been told. */
  get newestEndUs(): number {
    return this.#newestEndUs
  }

  /** Parts of the header's values in that time: `lb, gateway-a` is two. */
  get answered(): ReadonlySet<string> {
    return this.#answered
  }

  /** Whatever was before does not count. */
  restart(atUs: number): void {
    this.#sinceUs = atUs
    this.#newestDueUs = atUs
    this.#answered = new Set()
  }

  learn(index: number, header: string): void {
    this.#names.set(
      index,
      header.split(',').map(part => part.trim()),
    )
  }

  add(rows: SampleColumns): void {
    for (let index = 0; index < rows.length; index += 1) {
      if (rows.stream[index] !== PROBE) continue
      const [dueUs, endedUs] = [rows.dueUs[index] ?? 0, rows.endedUs[index] ?? 0]
      this.#newestEndUs = Math.max(this.#newestEndUs, endedUs)
      if (dueUs < this.#sinceUs) continue
      if (rows.outcome[index] !== OK || endedUs - dueUs > this.#maxLatencyUs) {
        this.restart(dueUs + 1)
        continue
      }
      this.#newestDueUs = Math.max(this.#newestDueUs, dueUs)
      for (const name of this.#names.get(rows.instance[index] ?? 0) ?? []) this.#answered.add(name)
    }
  }
}
