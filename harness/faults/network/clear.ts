import type { Engine } from '../../docker/engine.ts'
import { CHAIN_DNS, CHAIN_IN, CHAIN_NAT, CHAIN_OUT, HELPER_IMAGE, QDISC } from './names.ts'

const CHAINS = [
  { table: 'filter', hook: 'INPUT', chain: CHAIN_IN },
  { table: 'filter', hook: 'OUTPUT', chain: CHAIN_OUT },
  { table: 'nat', hook: 'PREROUTING', chain: CHAIN_NAT },
  { table: 'nat', hook: 'OUTPUT', chain: CHAIN_DNS },
]

/** Prints all that is ours in a namespace, a line each; nothing when it is clean. */
export const SHOW_SCRIPT = [
  `for save in iptables-save ip6tables-save; do if command -v $save >/dev/null; then $save 2>/dev/null | grep ZONEFALL || true; fi; done`,
  `tc qdisc show | grep ' ${QDISC}:' || true`,
].join('\n')

/** Removes all that is ours, and nothing else, from any state in between; fails if something is left. */
export const CLEAR_SCRIPT = [
  `lookups=$(iptables -w 5 -t nat -S ${CHAIN_DNS} 2>/dev/null)`,
  'for tables in iptables ip6tables; do',
  'command -v $tables >/dev/null || continue',
  ...CHAINS.flatMap(({ table, hook, chain }) => [
    `while $tables -w 5 -t ${table} -D ${hook} -j ${chain} 2>/dev/null; do :; done`,
    `$tables -w 5 -t ${table} -F ${chain} 2>/dev/null; $tables -w 5 -t ${table} -X ${chain} 2>/dev/null`,
  ]),
  'done',
  `for device in $(ip -o link show | cut -d: -f2 | cut -d@ -f1); do`,
  `if tc qdisc show dev $device | grep -q ' ${QDISC}: root'; then tc qdisc del dev $device root; fi`,
  'done',
  // Whoever asks from the same port again and again would still be led to us: the kernel remembers the way.
  'if [ -n "$lookups" ]; then conntrack -D -p udp --orig-port-dst 53 >/dev/null 2>&1 || true; fi',
  `left=$(${SHOW_SCRIPT.replaceAll('\n', '; ')})`,
  'if [ -n "$left" ]; then echo "still there: $left"; exit 1; fi',
].join('\n')

interface Place {
  readonly id: string
  readonly project: string
}

type NamespaceEngine = Pick<Engine, 'containers' | 'armHelper'>

/** A namespace goes with its container: of one that does not run there is nothing to clear. */
export async function clearNetwork(engine: NamespaceEngine, place: Place): Promise<void> {
  await runInNamespace(engine, place, CLEAR_SCRIPT)
}

/** What is ours there; `''` when nothing is. */
export async function whatIsOurs(engine: NamespaceEngine, place: Place): Promise<string> {
  return (await runInNamespace(engine, place, SHOW_SCRIPT)) ?? ''
}

async function runInNamespace(
  engine: NamespaceEngine,
  { id, project }: Place,
  script: string,
): Promise<string | undefined> {
  if (!(await isUp(engine, id))) return undefined
  try {
    const helper = await engine.armHelper({
      project,
      image: HELPER_IMAGE,
      script,
      capabilities: ['NET_ADMIN'],
      pidMode: 'own',
      networkOf: id,
      expiresSeconds: 30,
    })
    try {
      return await helper.fire()
    } finally {
      await helper.disarm()
    }
  } catch (error) {
    if (await isUp(engine, id)) throw error
    return undefined // it ended meanwhile, and its namespace with it
  }
}

async function isUp({ containers }: NamespaceEngine, id: string): Promise<boolean> {
  if (!(await containers.isThere(id))) return false
  const { status } = await containers.inspect(id)
  return status === 'running' || status === 'paused'
}
