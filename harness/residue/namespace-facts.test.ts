import { expect, test } from 'vitest'
import { namespaceFacts } from './namespace-facts.ts'
import { SECTIONS, type SectionName } from './namespace-script.ts'

const BACK = (address: string) => [{ network: 'back', aliases: [], addresses: [address] }]
const link = (ifname: string, local: string) => ({
  ifname,
  flags: ['UP'],
  mtu: 1500,
  addr_info: [{ family: 'inet', local, prefixlen: 16, scope: 'global' }],
})

/** What the helper would print, with these sections and nothing in the others. */
function printed(texts: Partial<Record<SectionName, string>>, failed?: number): string {
  return SECTIONS.map(({ name }, index) => {
    const text = texts[name] ?? (name.startsWith('ip') ? '' : '[]')
    return failed === index ? `@ ${index} 127\nsh: not found\n` : `@ ${index} 0\n${text}\n`
  }).join('')
}

const words = (texts: Partial<Record<SectionName, string>>) => [
  ...new Set(namespaceFacts(printed(texts), BACK('10.0.0.2')).map(fact => fact.words)),
]

test('another address and another interface number are the same key', () => {
  const keys = (ifname: string, address: string) => {
    const routes = [{ dst: '10.0.0.0/16', dev: ifname, prefsrc: address, flags: [] }]
    const texts = { interfaces: JSON.stringify([link(ifname, address)]), routes: JSON.stringify(routes) }
    return namespaceFacts(printed(texts), BACK(address)).map(fact => fact.key)
  }
  expect(keys('eth0', '10.0.0.2')).toEqual(keys('eth1', '10.0.0.9'))
})

test('a qdisc that somebody added counts, and the kernel’s own default does not', () => {
  const qdiscs = [
    { kind: 'noqueue', handle: '0:', dev: 'lo', root: true, options: {} },
    { kind: 'netem', handle: '8001:', dev: 'eth0', root: true, options: { delay: 1 } },
  ]
  expect(words({ qdiscs: JSON.stringify(qdiscs) })).toEqual(['qdisc netem on eth0'])
})

test('rules, chains and policies count; a table that was only read does not', () => {
  const text = `# Generated
*filter
:INPUT DROP [3:180]
:OUTPUT ACCEPT [0:0]
:MINE - [0:0]
-A INPUT -p tcp -m tcp --dport 9 -j DROP
COMMIT`
  expect(words({ iptables: text })).toEqual([
    'iptables policy DROP of INPUT in filter',
    'iptables chain MINE in filter',
    'iptables rule `-A INPUT -p tcp -m tcp --dport 9 -j DROP` in filter',
  ])
  expect(words({ iptables: '*filter\n:INPUT ACCEPT [7:1]\nCOMMIT' })).toEqual([])
})

test('the ports of the engine’s name server are drawn anew at each start', () => {
  const rules = (port: number) =>
    namespaceFacts(
      printed({
        iptables: `*nat
-A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:${port}
-A DOCKER_POSTROUTING -s 127.0.0.11/32 -p udp -m udp --sport ${port} -j SNAT --to-source :53`,
      }),
      [],
    ).map(fact => fact.key)
  expect(rules(36_001)).toEqual(rules(42_002))
})

test('a needed program that fails is an error that names it; a welcome one may be missing', () => {
  expect(() => namespaceFacts(printed({}, 1), [])).toThrow('`tc -j qdisc show` ended with 127: sh: not found')
  expect(namespaceFacts(printed({}, SECTIONS.length - 1), [])).toEqual([])
  expect(() => namespaceFacts('', [])).toThrow('`ip -j address show` ended with none')
})
