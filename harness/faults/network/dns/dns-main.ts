import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { obey } from '../obey.ts'
import { checkLookup } from './lookup-check.ts'
import { NameService } from './name-service.ts'
import { DNS_PORT, OWN_PORTS } from './ports.ts'
import { standBeforeByTcp } from './tcp.ts'
import { standBeforeByUdp } from './udp.ts'

// What a standing helper runs (module-program.ts hands it over with all that it imports of ours):
//
//   the target ─ OUTPUT: REDIRECT, before the engine's own rules ─> here ─> the name server that was asked
//
// From `begin` on all lookups go through it. It passes everything on as it comes until `inject`, which is told a
// manner, and does so again from `heal` on. `show` looks a name up, and tells what became of it.

interface Settings {
  readonly chains: { readonly out: string; readonly dns: string }
  /** What is sent to these addresses stays here, and vanishes. */
  readonly blackHoles: readonly string[]
}

await obey<Settings>(({ chains, blackHoles }) => {
  const names = new NameService()
  const servers = nameServers()
  return {
    async begin() {
      if (servers.length === 0)
        throw new Error('its /etc/resolv.conf names no name server with an IPv4 address')
      const rules: string[] = []
      for (const server of servers) {
        const ports = {
          udp: await standBeforeByUdp(server, names),
          tcp: await standBeforeByTcp(server, names),
        }
        for (const [protocol, port] of Object.entries(ports))
          rules.push(
            `-t nat -A ${chains.dns} -d ${server} -p ${protocol} --dport ${DNS_PORT} ! --sport ${OWN_PORTS.from}:${OWN_PORTS.to} -j REDIRECT --to-ports ${port}`,
          )
      }
      const holes = blackHoles.map(address => `-A ${chains.out} -d ${address} -j DROP`)
      const toHoles = holes.length === 0 ? [] : [`-N ${chains.out}`, ...holes, `-I OUTPUT 1 -j ${chains.out}`]
      for (const rule of [
        ...toHoles,
        `-t nat -N ${chains.dns}`,
        ...rules,
        `-t nat -I OUTPUT 1 -j ${chains.dns}`,
      ])
        run('iptables', `-w 5 ${rule}`)
      forgetFlows()
    },
    inject: told => names.inject(JSON.parse(told)),
    heal: () => names.heal(),
    async show() {
      const { manner, asked, struck } = names.standing
      const [server = ''] = servers
      const check =
        manner.kind === 'pass'
          ? undefined
          : await checkLookup(manner.names.replaceAll('*', 'z'), server, names)
      return JSON.stringify({ kind: manner.kind, servers, asked, struck, check })
    },
  }
})

function nameServers(): string[] {
  const lines = readFileSync('/etc/resolv.conf', 'utf8').matchAll(/^\s*nameserver\s+(\S+)/gm)
  return [...new Set([...lines].map(([, address = '']) => address).filter(isIPv4))]
}

/** Whoever asks from the same port again and again would go past new rules, since the kernel remembers the way. */
function forgetFlows(): void {
  try {
    run('conntrack', `-D -p udp --orig-port-dst ${DNS_PORT}`)
  } catch {
    // There were none, or the kernel cannot: then one that was used just now goes on past us.
  }
}

function run(program: string, text: string): void {
  execFileSync(program, text.split(' '), { stdio: 'pipe' })
}
