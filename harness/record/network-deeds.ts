import type { Deed, Told, ToldStrike } from './deed.ts'

/** Networks by container's id, and who is in each. */
export interface Attachments {
  readonly networksOf: ReadonlyMap<string, readonly string[]>
  /** Services with a container in a network, by its name. */
  readonly servicesIn: ReadonlyMap<string, readonly string[]>
}

/**
 * `docker network disconnect` and `connect` of one container that runs. (One that ends leaves its networks too, and
 * joins them again as it starts: that is no deed of anybody's, and not handed in here.)
 */
export class NetworkDeeds {
  readonly #attachments: Attachments
  readonly #left = new Map<string, Deed>()
  readonly #strikes: ToldStrike[] = []
  readonly #untold: string[] = []

  constructor(attachments: Attachments) {
    this.#attachments = attachments
  }

  add(deed: Deed): void {
    const { action, network } = deed
    if (network === undefined) return
    const left = this.#left.get(network)
    if (action === 'disconnect' && !left) this.#left.set(network, deed) // the engine tells it twice
    if (action !== 'connect') return
    if (left) this.#cut(left, deed)
    else this.#untold.push(`${deed.container.name} was connected to ${network}: no fault does that.`)
    this.#left.delete(network)
  }

  told(): Told {
    for (const left of this.#left.values()) this.#cut(left, undefined)
    this.#left.clear()
    return { strikes: this.#strikes, untold: this.#untold }
  }

  #cut(left: Deed, joined: Deed | undefined): void {
    const from = this.#whatWasCutOff(left)
    if (from === undefined) {
      const where = `the network ${left.network}, one of several that it is in`
      this.#untold.push(
        `${left.container.name} was disconnected from ${where}: no one fault cuts it off from all that is there and from nothing else.`,
      )
      return
    }
    this.#strikes.push({
      kind: 'cut',
      parameters: from === 'everything' ? {} : { from },
      target: left.container,
      began: { atUs: left.atUs, errorUs: left.errorUs },
      ended: joined ? { atUs: joined.atUs, errorUs: joined.errorUs } : null,
      told: `disconnect from ${left.network}${joined ? ', connect' : ''}`,
    })
  }

  /** All, if it is in no other network; else the one other service that is there and nowhere else beside it. */
  #whatWasCutOff({ container, network = '' }: Deed): 'everything' | { service: string } | undefined {
    const { networksOf, servicesIn } = this.#attachments
    const others = (networksOf.get(container.id) ?? []).filter(name => name !== network)
    if (others.length === 0) return 'everything'
    const [only, ...more] = (servicesIn.get(network) ?? []).filter(service => service !== container.service)
    if (only === undefined || more.length > 0) return undefined
    return others.some(name => servicesIn.get(name)?.includes(only)) ? undefined : { service: only }
  }
}
