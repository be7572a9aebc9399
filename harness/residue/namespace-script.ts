/** What is read of a network namespace, each by a program of the toolbox. A needed one must succeed. */
export const SECTIONS = [
  { name: 'interfaces', command: 'ip -j address show', is: 'needed' },
  { name: 'qdiscs', command: 'tc -j qdisc show', is: 'needed' },
  { name: 'routes', command: 'ip -j -4 route show table all', is: 'needed' },
  { name: 'routes', command: 'ip -j -6 route show table all', is: 'welcome' },
  { name: 'policies', command: 'ip -j rule show', is: 'welcome' },
  // Both kinds of iptables: a rule of the one does not show in the other.
  { name: 'iptables', command: 'iptables-save', is: 'needed' },
  { name: 'iptables', command: 'iptables-nft-save', is: 'welcome' },
  { name: 'iptables', command: 'iptables-legacy-save', is: 'welcome' },
  { name: 'ip6tables', command: 'ip6tables-save', is: 'welcome' },
  { name: 'ip6tables', command: 'ip6tables-nft-save', is: 'welcome' },
  { name: 'ip6tables', command: 'ip6tables-legacy-save', is: 'welcome' },
] as const

export type SectionName = (typeof SECTIONS)[number]['name']

/** Prints, for each section, a line `@ INDEX EXITCODE` and then what its program printed. */
export const NAMESPACE_SCRIPT = SECTIONS.map(
  ({ command }, index) => `out=$(${command} 2>&1); echo "@ ${index} $?"; echo "$out"`,
).join('; ')

export interface Section {
  readonly name: SectionName
  readonly text: string
}

/** Errors: says which needed program failed, and how. */
export function splitSections(output: string): Section[] {
  const parts = output.split(/^@ (\d+) (\d+)\n/m).slice(1)
  const read = SECTIONS.flatMap(({ name, command, is }, index) => {
    const at = parts.findIndex((part, place) => place % 3 === 0 && Number(part) === index)
    const text = parts[at + 2] ?? ''
    const code = at < 0 ? 'none' : parts[at + 1]
    if (code === '0') return [{ name, text: text.trim() }]
    if (is === 'needed') throw new Error(`\`${command}\` ended with ${code}: ${text.trim() || 'no output'}`)
    return []
  })
  return read
}
