import type { Fact } from './namespace-facts.ts'

/** The engine's name server in a container: its ports are drawn anew at each start. */
const ENGINE_DNS = '127.0.0.11'

/**
 * `iptables-save` → its rules, the chains that somebody made, and policies that are not ACCEPT. An empty
 * table is no trace: reading a table is enough to make it.
 */
export function iptablesFacts(program: 'iptables' | 'ip6tables', text: string): Fact[] {
  const facts: Fact[] = []
  let table = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1)
    const [, chain, policy] = /^:(\S+) (\S+)/.exec(line) ?? []
    if (chain && policy === '-') facts.push(fact(`${program} chain ${chain}`, table))
    else if (chain && policy !== 'ACCEPT') facts.push(fact(`${program} policy ${policy} of ${chain}`, table))
    if (line.startsWith('-')) facts.push(fact(`${program} rule \`${line.trim()}\``, table))
  }
  return facts
}

function fact(text: string, table: string): Fact {
  const words = `${text} in ${table}`
  const key = words.includes(ENGINE_DNS) ? words.replace(/(?<=127\.0\.0\.11:|--sport )\d+/g, 'port') : words
  return { key, words, network: undefined }
}
