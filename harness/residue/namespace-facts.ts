import type { Attachment } from '../docker/inventory.ts'
import { iptablesFacts } from './iptables-facts.ts'
import { type Section, splitSections } from './namespace-script.ts'

/** One thing that is there in a network namespace. */
export interface Fact {
  /** The same before and after a restart: without addresses, interface numbers and counters. */
  readonly key: string
  readonly words: string
  /** Of the interface that it hangs on, where that belongs to a network of the engine. */
  readonly network: string | undefined
}

interface Interface {
  readonly ifname: string
  readonly flags: readonly string[]
  readonly mtu: number
  readonly addr_info: readonly { family: string; local: string; prefixlen: number; scope: string }[]
}
interface Qdisc {
  readonly kind: string
  readonly handle: string
  readonly dev: string
  readonly parent?: string
  readonly options?: object
}
interface Route {
  readonly type?: string
  readonly dst: string
  readonly gateway?: string
  readonly dev?: string
  readonly table?: string
  readonly metric?: number
}
interface Policy {
  readonly priority: number
  readonly src: string
  readonly dst?: string
  readonly table?: string
}

/** What a helper read in the namespace of a container with these attachments. Errors: a needed program failed. */
export function namespaceFacts(output: string, attachments: readonly Attachment[]): Fact[] {
  const sections = splitSections(output)
  const interfaces = sections
    .filter(({ name }) => name === 'interfaces')
    .flatMap(({ text }) => parse<Interface>(text))
  const names = new Names(interfaces, attachments)
  return [
    ...interfaces.flatMap(one => interfaceFacts(one, names)),
    ...sections.flatMap(section => sectionFacts(section, names)),
  ]
}

function sectionFacts({ name, text }: Section, names: Names): Fact[] {
  switch (name) {
    case 'interfaces':
      return [] // they come first, since all else is named after them
    case 'qdiscs':
      return parse<Qdisc>(text).flatMap(qdisc => qdiscFacts(qdisc, names))
    case 'routes':
      return parse<Route>(text).flatMap(route => routeFacts(route, names))
    case 'policies':
      return parse<Policy>(text).map(policy => {
        const words = `routing rule ${JSON.stringify(policy)}`
        return { key: words, words, network: undefined }
      })
    case 'iptables':
    case 'ip6tables':
      return iptablesFacts(name, text)
  }
}

/** `ip` and `tc` print nothing where there is nothing, or an empty object inside a list. */
function parse<T extends object>(text: string): T[] {
  const parsed = text === '' ? [] : (JSON.parse(text) as T[])
  return parsed.filter(one => Object.keys(one).length > 0)
}

/** Interfaces by the network they are in: which of them is `eth0` may change when the container starts again. */
class Names {
  readonly #networkOf = new Map<string, string>()
  readonly #ownAddresses = new Map<string, string>()

  constructor(interfaces: readonly Interface[], attachments: readonly Attachment[]) {
    for (const { network, addresses } of attachments)
      for (const address of addresses) this.#ownAddresses.set(address, network)
    for (const { ifname, addr_info } of interfaces) {
      const network = addr_info.map(({ local }) => this.#ownAddresses.get(local)).find(Boolean)
      if (network) this.#networkOf.set(ifname, network)
    }
  }

  network(ifname: string | undefined): string | undefined {
    return ifname === undefined ? undefined : this.#networkOf.get(ifname)
  }

  key(ifname: string | undefined): string {
    return this.network(ifname) ?? ifname ?? '-'
  }

  /** The engine gives an address, and the link-local one that follows from it, anew at each start. */
  address(text: string): string {
    if (this.#ownAddresses.has(text)) return 'its own'
    return text.startsWith('fe80:') ? 'link-local' : text
  }
}

function interfaceFacts({ ifname, flags, mtu, addr_info }: Interface, names: Names): Fact[] {
  const network = names.network(ifname)
  const state = `${flags.includes('UP') ? 'up' : 'down'}, mtu ${mtu}`
  return [
    { key: `interface ${names.key(ifname)} ${state}`, words: `interface ${ifname} (${state})`, network },
    ...addr_info.map(({ family, local, prefixlen, scope }) => ({
      key: `address ${names.key(ifname)} ${family} ${names.address(local)}/${prefixlen} ${scope}`,
      words: `address ${local}/${prefixlen} on ${ifname}`,
      network,
    })),
  ]
}

/** A handle of 0 is the kernel's own default: nobody put it there. Other handles are drawn anew each time. */
function qdiscFacts({ kind, handle, dev, parent, options }: Qdisc, names: Names): Fact[] {
  if (handle === '0:') return []
  const place = parent === undefined ? 'root' : 'child'
  return [
    {
      key: `qdisc ${kind} ${names.key(dev)} ${place} ${JSON.stringify(options ?? {})}`,
      words: `qdisc ${kind} on ${dev}`,
      network: names.network(dev),
    },
  ]
}

/** The local table follows from the addresses. */
function routeFacts(
  { type = 'unicast', dst, gateway, dev, table = 'main', metric }: Route,
  names: Names,
): Fact[] {
  if (table === 'local') return []
  const [address = '', length] = dst.split('/')
  const to = length === undefined ? names.address(address) : `${names.address(address)}/${length}`
  return [
    {
      key: `route ${type} ${to} ${gateway ?? '-'} ${names.key(dev)} ${table} ${metric ?? 0}`,
      words: `route ${type === 'unicast' ? '' : `${type} `}${dst}${gateway ? ` via ${gateway}` : ''}${dev ? ` on ${dev}` : ''}`,
      network: names.network(dev),
    },
  ]
}
