import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'

export interface Chains {
  readonly in: string
  readonly nat: string
}

/** Ports of the target, each with the one of ours that stands before it. */
export type Pairs = readonly (readonly [number, number])[]

/** In IPv6 too, where the kernel has its tables. */
export function redirect(pairs: Pairs, chains: Chains): void {
  redirectBy('iptables', pairs, chains)
  if (runs('ip6tables', ['-t', 'nat', '-L', '-n'])) redirectBy('ip6tables', pairs, chains)
}

/** Whether the rules are there, by which connections come to us. It does not hold up those that do. */
export async function isRedirected(pairs: Pairs, { nat }: Chains): Promise<boolean> {
  const { stdout } = await promisify(execFile)('iptables', ['-w', '5', '-t', 'nat', '-S'])
  const rules = stdout.split('\n')
  return (
    rules.includes(`-A PREROUTING -j ${nat}`) &&
    pairs.every(([, ours]) =>
      rules.some(rule => rule.startsWith(`-A ${nat} `) && rule.endsWith(` --to-ports ${ours}`)),
    )
  )
}

/**
 * New connections are led to the proxy. Those that were open before go on past it, and are reset once they are
 * used: whoever is at the other end opens a new one, before anything is measured.
 */
function redirectBy(program: string, pairs: Pairs, chains: Chains): void {
  const rule = (...text: string[]) => execFileSync(program, ['-w', '5', ...text], { stdio: 'pipe' })
  const arriving = (port: number) => ['!', '-i', 'lo', '-p', 'tcp', '--dport', String(port)]
  rule('-t', 'nat', '-N', chains.nat)
  rule('-N', chains.in)
  for (const [port, ours] of pairs) {
    rule('-t', 'nat', '-A', chains.nat, ...arriving(port), '-j', 'REDIRECT', '--to-ports', String(ours))
    rule('-A', chains.in, ...arriving(port), '-j', 'REJECT', '--reject-with', 'tcp-reset')
  }
  rule('-t', 'nat', '-I', 'PREROUTING', '1', '-j', chains.nat)
  rule('-I', 'INPUT', '1', '-j', chains.in)
}

function runs(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, [...args], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}
