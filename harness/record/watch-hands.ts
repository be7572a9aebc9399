import type { TrialClock } from '../clock/trial-clock.ts'
import type { ContainerState } from '../docker/containers.ts'
import type { EngineDeed } from '../docker/deeds.ts'
import type { Engine } from '../docker/engine.ts'
import type { Inventory } from '../docker/inventory.ts'
import type { ContainerRef } from '../history/event.ts'
import { Places } from '../run/places.ts'
import type { Deed } from './deed.ts'
import type { Attachments } from './network-deeds.ts'

export interface HandsRequest {
  readonly engine: Pick<Engine, 'watchDeeds' | 'takeInventory'>
  readonly project: string
  readonly clock: TrialClock
  readonly containers: readonly ContainerState[]
  readonly references: readonly ContainerRef[]
  readonly onDeed: (deed: Deed) => void
  readonly signal: AbortSignal
}

/** What is done to a project's containers, as it is done. Nothing is done to them here. */
export class Hands {
  readonly attachments: Attachments
  /** Rejects when the engine is lost; resolves when aborted. */
  readonly watching: Promise<void>
  readonly #request: HandsRequest
  readonly #places: Places
  readonly #deeds: Deed[] = []
  #reading: Promise<unknown> = Promise.resolve()
  #limits: ReadonlyMap<string, Limits>

  private constructor(request: HandsRequest, inventory: Inventory) {
    this.#request = request
    this.#places = new Places(request.containers, request.references)
    this.attachments = attachmentsOf(inventory)
    this.#limits = limitsOf(inventory)
    this.watching = request.engine.watchDeeds(request.project, told => this.#take(told), request.signal)
    this.watching.catch(() => undefined) // whoever waits for it sees it
  }

  static async watch(request: HandsRequest): Promise<Hands> {
    return new Hands(request, await request.engine.takeInventory(request.project))
  }

  /** All until now, in order of their instants, with what had to be read of them. */
  async deeds(): Promise<readonly Deed[]> {
    await this.#reading
    return this.#deeds.toSorted((a, b) => a.atUs - b.atUs)
  }

  #take(told: EngineDeed): void {
    if (told.action === 'start') this.#places.take(told)
    const container = this.#places.of(told.containerId)
    if (!container) return
    const { action, signal, exitCode, network } = told
    const deed: Deed = {
      container,
      ...this.#request.clock.placeEngine(told.engineNs),
      action,
      ...(signal === undefined ? {} : { signal }),
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(network === undefined ? {} : { network }),
    }
    if (action === 'update') this.#reading = this.#reading.then(() => this.#readLimits(deed))
    else this.#keep(deed)
  }

  #keep(deed: Deed): void {
    this.#deeds.push(deed)
    this.#request.onDeed(deed)
  }

  /** The engine tells that limits were changed, and not which: they are compared with those from before. */
  async #readLimits(deed: Deed): Promise<void> {
    const { engine, project } = this.#request
    const before = this.#limits.get(deed.container.name) ?? {}
    const now = await engine.takeInventory(project).then(limitsOf, () => undefined) // the deed is told without them
    if (now) this.#limits = now
    const after = now?.get(deed.container.name) ?? {}
    const changed = Object.entries(after).filter(([name, value]) => before[name] !== value)
    const limits = Object.fromEntries(
      changed.map(([name, value]) => [name, { before: before[name] ?? '0', after: value }]),
    )
    this.#keep({ ...deed, limits })
  }
}

type Limits = Readonly<Record<string, string>>

function limitsOf({ containers }: Inventory): ReadonlyMap<string, Limits> {
  return new Map(containers.map(({ name, limits }) => [name, limits]))
}

function attachmentsOf({ containers }: Inventory): Attachments {
  const servicesIn = new Map<string, string[]>()
  for (const { service, networks } of containers)
    for (const { network } of networks) servicesIn.set(network, [...(servicesIn.get(network) ?? []), service])
  return {
    networksOf: new Map(containers.map(({ id, networks }) => [id, networks.map(({ network }) => network)])),
    servicesIn: new Map([...servicesIn].map(([network, services]) => [network, [...new Set(services)]])),
  }
}
