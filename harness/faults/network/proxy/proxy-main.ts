import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { obey } from '../obey.ts'
import { joinByHttp } from './http-conversation.ts'
import { joinPlainly } from './join.ts'
import { type Chains, isRedirected, redirect } from './redirect.ts'
import { Relay } from './relay.ts'

// What a standing helper runs (module-program.ts hands it over with all that it imports of ours):
//
//   a peer ─> eth0 ─ PREROUTING: REDIRECT ─> the proxy ─> lo ─> the target's own port
//
// From `begin` on all new connections to the target's ports go through it. It passes everything on as it comes
// until `inject`, which is told a manner, and does so again from `heal` on. `show` tells how it stands.

interface Settings {
  readonly ports: readonly number[]
  /** `http`: requests and answers are told apart, so that a manner of HTTP can be done to one of them. */
  readonly speaks: 'tcp' | 'http'
  readonly chains: Chains
}

await obey<Settings>(settings => {
  const relay = new Relay(settings.speaks === 'http' ? joinByHttp : joinPlainly)
  const pairs: [number, number][] = []
  return {
    async begin() {
      for (const port of settings.ports) pairs.push([port, await listenFor(port, relay)])
      redirect(pairs, settings.chains)
    },
    inject: told => relay.inject(JSON.parse(told)),
    heal: () => relay.heal(),
    show: async () =>
      JSON.stringify({ ...relay.standing, redirected: await isRedirected(pairs, settings.chains) }),
  }
})

async function listenFor(port: number, relay: Relay): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, peer => relay.take(peer, port)).listen(0)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
