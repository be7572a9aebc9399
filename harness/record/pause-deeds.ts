import type { Deed, Told, ToldStrike } from './deed.ts'

/** `docker pause` and `unpause` of one container. */
export class PauseDeeds {
  #paused: Deed | undefined
  readonly #strikes: ToldStrike[] = []
  readonly #untold: string[] = []

  add(deed: Deed): void {
    if (deed.action === 'pause') this.#paused = deed
    else if (this.#paused) this.end(deed)
    else
      this.#untold.push(`${deed.container.name} was unpaused, and had been paused before the record began.`)
  }

  /** What is dead is not paused any more. */
  end(deed: Deed | undefined): void {
    if (!this.#paused) return
    const { container, atUs, errorUs } = this.#paused
    this.#strikes.push({
      kind: 'pause',
      parameters: {},
      target: container,
      began: { atUs, errorUs },
      ended: deed ? { atUs: deed.atUs, errorUs: deed.errorUs } : null,
      told: deed ? `pause, ${deed.action}` : 'pause',
    })
    this.#paused = undefined
  }

  told(): Told {
    this.end(undefined)
    return { strikes: this.#strikes, untold: this.#untold }
  }
}
