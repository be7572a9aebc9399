import { CHAIN_IN, CHAIN_OUT } from './names.ts'

export interface Cut {
  readonly addresses: readonly string[] | 'everything'
  readonly direction: 'both' | 'in' | 'out'
  readonly how: 'drop' | 'reject'
}

/** Addresses of one family, and what says "not to be had" in it. */
interface Family {
  readonly tables: 'iptables' | 'ip6tables'
  readonly icmp: string
  readonly unreachable: string
  readonly addresses: readonly string[] | 'everything'
}

/**
 * The chains are filled first; the fault is the line that leads into them. `lo` is left alone.
 *
 *   INPUT  ─> ZONEFALL-IN  ─ lo: back ─ from these: DROP or REJECT
 *   OUTPUT ─> ZONEFALL-OUT ─ lo, and what a REJECT itself sends: back ─ to these: DROP or REJECT
 */
export function cutScript(cut: Cut): string {
  const families = familiesOf(cut.addresses)
  const hooks = [
    ...(cut.direction === 'out' ? [] : [{ hook: 'INPUT', chain: CHAIN_IN, device: '-i', peer: '-s' }]),
    ...(cut.direction === 'in' ? [] : [{ hook: 'OUTPUT', chain: CHAIN_OUT, device: '-o', peer: '-d' }]),
  ]
  const fill = families.flatMap(family =>
    hooks.flatMap(({ chain, device, peer }) =>
      [
        `-N ${chain}`,
        `-A ${chain} ${device} lo -j RETURN`,
        ...(cut.how === 'reject' && chain === CHAIN_OUT ? ownAnswers(chain, family) : []),
        ...peersOf(family, peer).flatMap(which =>
          verdicts(cut, family).map(rule => `-A ${chain}${which} ${rule}`),
        ),
      ].map(rule => command(family, rule)),
    ),
  )
  const lead = families.flatMap(family =>
    hooks.map(({ hook, chain }) => command(family, `-I ${hook} 1 -j ${chain}`)),
  )
  return [...fill, ...lead].join('\n')
}

function familiesOf(addresses: Cut['addresses']): Family[] {
  const ofFamily = (isIts: (address: string) => boolean) =>
    addresses === 'everything' ? addresses : addresses.filter(isIts)
  const families: Family[] = [
    {
      tables: 'iptables',
      icmp: 'icmp',
      unreachable: 'icmp-port-unreachable',
      addresses: ofFamily(address => !address.includes(':')),
    },
    {
      tables: 'ip6tables',
      icmp: 'ipv6-icmp',
      unreachable: 'icmp6-port-unreachable',
      addresses: ofFamily(address => address.includes(':')),
    },
  ]
  return families.filter(family => family.addresses.length > 0)
}

function peersOf({ addresses }: Family, flag: string): string[] {
  return addresses === 'everything' ? [''] : addresses.map(address => ` ${flag} ${address}`)
}

function verdicts({ how }: Cut, { unreachable }: Family): string[] {
  if (how === 'drop') return ['-j DROP']
  return ['-p tcp -j REJECT --reject-with tcp-reset', `-j REJECT --reject-with ${unreachable}`]
}

/** A refusal of what arrives must get out. */
function ownAnswers(chain: string, { icmp }: Family): string[] {
  return [`-A ${chain} -p tcp --tcp-flags RST RST -j RETURN`, `-A ${chain} -p ${icmp} -j RETURN`]
}

/** Not every kernel has the tables of IPv6, and then nothing goes that way either. */
function command({ tables }: Family, rule: string): string {
  if (tables === 'iptables') return `iptables -w 5 ${rule}`
  return `if ip6tables -w 5 -L -n >/dev/null 2>&1; then ip6tables -w 5 ${rule}; fi`
}
