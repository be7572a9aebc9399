import { lookup, Resolver } from 'node:dns/promises'

const TTL_MS = 500

/** Where a name leads to. Errors: those of the look-up, an empty answer among them. */
export interface Addresses {
  of(name: string): Promise<readonly string[]>
}

/** What the name server says now, kept for as long as it allows. */
export class AsAnswered implements Addresses {
  #known: readonly string[] = []
  #untilMs = 0

  async of(name: string): Promise<readonly string[]> {
    if (performance.now() < this.#untilMs) return this.#known
    const { address } = await lookup('names', 4)
    const resolver = new Resolver({ timeout: 250, tries: 2 })
    resolver.setServers([`${address}:5353`])
    this.#known = await resolver.resolve4(name)
    this.#untilMs = performance.now() + TTL_MS
    return this.#known
  }
}

/** The last good answer for as long as there is no newer one, as RFC 8767 allows. */
export class LastKnown implements Addresses {
  readonly #addresses = new AsAnswered()
  #last: readonly string[] | undefined

  async of(name: string): Promise<readonly string[]> {
    this.#last = await this.#addresses.of(name).catch(error => {
      if (!this.#last) throw error
      return this.#last
    })
    return this.#last
  }
}
