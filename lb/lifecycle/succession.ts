import type { Config } from '../config/schema.ts'
import type { Server } from '../server/server.ts'
import { type Generation, nextGeneration, type Surroundings } from './generation.ts'

export interface ServersOfReload {
  readonly added: readonly Server[]
  readonly removed: readonly Server[]
}

/**
 * One generation after another, without a moment in which there is none to serve.
 *
 *     a server of the new one is up ──> it serves, the earlier one leaves
 *     none is yet ─────────────────────> the earlier one serves on, until one is, or it has none itself
 *
 * The second happens when a reload replaces all servers at once: nobody has looked at the new ones yet.
 */
export class Succession {
  #current: Generation
  #serving: Generation
  readonly #around: Surroundings
  #leaving: (() => void)[] = []

  constructor(first: Generation, around: Surroundings) {
    this.#current = first
    this.#serving = first
    this.#around = around
  }

  /** What the configuration says. */
  get current(): Generation {
    return this.#current
  }

  /** Who gets new requests. */
  get serving(): Generation {
    return this.#serving
  }

  succeed(config: Config): ServersOfReload {
    const { generation, added, removed, retireEarlier } = nextGeneration(config, this.#current, this.#around)
    this.#current = generation
    this.#leaving.push(retireEarlier)
    this.settle()
    return { added, removed }
  }

  /** Whenever a server's state has changed. */
  settle(): void {
    if (this.#serving === this.#current) return
    if (this.#current.backend.up.length === 0 && this.#serving.backend.up.length > 0) return
    this.#serving = this.#current
    for (const leave of this.#leaving.splice(0)) leave()
  }

  stop(): void {
    for (const leave of this.#leaving.splice(0)) leave()
    this.#current.stopChecks()
    this.#current.backend.stop()
  }
}
