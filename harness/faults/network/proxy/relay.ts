import type { Socket } from 'node:net'
import type { Join } from './join.ts'
import { Link } from './link.ts'
import type { Counted, Manner, Surroundings } from './manner.ts'

/** All connections that go through the proxy, and the manner that it has now. */
export class Relay {
  readonly #join: Join
  readonly #links = new Set<Link>()
  readonly #around: Surroundings
  #manner: Manner = { kind: 'pass' }
  #counts: Record<Counted, number> = { asked: 0, struck: 0, 'not-http': 0 }

  constructor(join: Join) {
    this.#join = join
    this.#around = {
      mannerNow: () => this.#manner,
      count: what => {
        this.#counts[what] += 1
      },
    }
  }

  /** A connection that a peer opened to that port of the target. */
  take(peer: Socket, port: number): void {
    const link = new Link(peer, port, this.#around, this.#join)
    this.#links.add(link)
    link.onClose(() => this.#links.delete(link))
  }

  inject(manner: Manner): void {
    this.#manner = manner
    this.#counts = { ...this.#counts, asked: 0, struck: 0 }
    if (manner.kind !== 'reset' && manner.kind !== 'half-open') return
    for (const link of this.#links) {
      if (Math.random() >= manner.share) continue
      this.#around.count('struck')
      if (manner.kind === 'reset') link.reset()
      else link.leaveHalfOpen()
    }
  }

  heal(): void {
    this.#manner = { kind: 'pass' }
    for (const link of this.#links) link.heal()
  }

  get standing() {
    const { asked, struck, 'not-http': notHttp } = this.#counts
    return { kind: this.#manner.kind, connections: this.#links.size, asked, struck, notHttp }
  }
}
