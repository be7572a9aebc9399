/** How long a silence is held against a server that has spoken since, but given no good answer. */
const MEMORY_MS = 500

/** What a look at a server finds: it has just fallen silent; it speaks again, and all that it said came late or was bad. */
export type Finding = 'nothing new' | 'fallen silent' | 'spoke badly'

/**
 * Silence held against a server. It is avoided until a good answer, until nobody waits for it any more, or until the
 * silence is long past. Whether it then counts as any other depends on what it said.
 *
 *     none ──silent──> held ──good answer, or not one answer──> none
 *                        └──bad answers only──> 'spoke badly': its next answers have to show
 */
export class Suspicion {
  #state: 'none' | 'held' = 'none'
  #silentMs = 0
  #bad = 0

  get isHeld(): boolean {
    return this.#state === 'held'
  }

  /** Bad answers since it fell silent. */
  get bad(): number {
    return this.#bad
  }

  /** It is silent for longer than it ever is. */
  silent(nowMs: number): Finding {
    this.#silentMs = nowMs
    if (this.#state === 'held') return 'nothing new'
    this.#state = 'held'
    this.#bad = 0
    return 'fallen silent'
  }

  /** It is not, and requests wait for it, or none do. */
  ordinary(requests: 'wait' | 'none', nowMs: number): Finding {
    const isOver = requests === 'none' || nowMs - this.#silentMs > MEMORY_MS
    if (this.#state === 'none' || !isOver) return 'nothing new'
    this.#state = 'none'
    return this.#bad > 0 ? 'spoke badly' : 'nothing new'
  }

  answered(verdict: 'good' | 'bad'): void {
    if (verdict === 'good') this.#state = 'none'
    else this.#bad += 1
  }
}
