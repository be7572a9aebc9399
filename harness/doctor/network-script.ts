/** What fault helpers need of the network: tried for real in a namespace of its own, and read back where it can be. */
const ATTEMPTS = {
  admin: 'ip link set lo mtu 1400',
  tbf: 'tc qdisc add dev lo root tbf rate 1mbit burst 32kbit latency 400ms && tc qdisc show dev lo | grep -q tbf && tc qdisc del dev lo root',
  netem:
    'tc qdisc add dev lo root netem delay 1ms && tc qdisc show dev lo | grep -q netem && tc qdisc del dev lo root',
  iptables:
    'iptables -A OUTPUT -p tcp -j REJECT --reject-with tcp-reset && iptables-save | grep -q tcp-reset',
  statistic:
    'iptables -A OUTPUT -m statistic --mode random --probability 0.5 -j DROP && iptables-save | grep -q statistic',
  redirect:
    'iptables -t nat -A PREROUTING -p tcp -j REDIRECT --to-ports 9 && iptables-save | grep -q REDIRECT',
  conntrack: 'conntrack -L',
} as const

export type AttemptName = keyof typeof ATTEMPTS

export interface Attempt {
  readonly exitCode: number
  /** What the program said, on one line. */
  readonly said: string
}

export type Attempts = ReadonlyMap<string, Attempt>

/** Prints a line for each attempt: its name, its exit code, what was said. */
export const NETWORK_SCRIPT = [
  'attempt() { said=$(sh -c "$2" 2>&1); code=$?; echo "$1 $code" $said; }',
  'set -f', // what was said may hold a *
  ...Object.entries(ATTEMPTS).map(([name, command]) => `attempt ${name} '${command}'`),
].join('\n')

export function parseAttempts(output: string): Attempts {
  return new Map(
    output.split('\n').flatMap(line => {
      const [, name, code, said = ''] = /^(\w+) (\d+) ?(.*)$/.exec(line) ?? []
      return name === undefined ? [] : [[name, { exitCode: Number(code), said: said.trim() }] as const]
    }),
  )
}
