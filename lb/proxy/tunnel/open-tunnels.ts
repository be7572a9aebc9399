import type { Socket } from 'node:net'

/** Node's server forgets connections that were upgraded; somebody must know of them when it is to stop. */
export class OpenTunnels {
  readonly #clients = new Set<Socket>()

  get count(): number {
    return this.#clients.size
  }

  add(client: Socket): void {
    this.#clients.add(client)
    client.once('close', () => this.#clients.delete(client))
  }

  cut(): void {
    for (const client of this.#clients) client.destroy()
  }
}
