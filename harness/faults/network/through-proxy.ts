import type { ArmedFault, FaultEngine, FaultTarget } from '../fault.ts'
import { armInNamespace } from './arm-in-namespace.ts'
import { listeningPorts } from './listening-ports.ts'
import { moduleProgram } from './module-program.ts'
import { CHAIN_IN, CHAIN_NAT } from './names.ts'
import type { Manner } from './proxy/manner.ts'
import { isHttp } from './proxy/manner.ts'

interface Shown {
  readonly kind: Manner['kind']
  readonly connections: number
  /** Requests since the fault. */
  readonly asked: number
  /** What it was done to: connections that were open when it came, or requests since then. */
  readonly struck: number
  /** Connections that speak something else than HTTP/1. */
  readonly notHttp: number
  /** The rules are there that lead connections to it. */
  readonly redirected: boolean
}

/** Node, and what waits to be passed on. */
const MEMORY_BYTES = 256 * 1024 * 1024

/**
 * A fault of the proxy before the target's ports. It is there from arming on and passes all on, so that the
 * baseline is measured with it, connections that are open at the fault are in it, and the fault is one word.
 */
export async function armThroughProxy(
  target: FaultTarget,
  engine: FaultEngine,
  manner: Exclude<Manner, { kind: 'pass' }>,
): Promise<ArmedFault> {
  const ports = await listeningPorts(engine, target)
  const speaks = isHttp(manner) ? 'http' : 'tcp'
  const chains = { in: CHAIN_IN, nat: CHAIN_NAT }
  const read = (shown: string) => JSON.parse(shown) as Shown
  return armInNamespace(target, engine, {
    program: await moduleProgram('proxy/proxy-main.ts', { ports, speaks, chains }),
    memoryBytes: MEMORY_BYTES,
    begin: 'begin',
    inject: `inject ${JSON.stringify(manner)}`,
    tookHold(shown) {
      const state = read(shown)
      return {
        ok: state.kind === manner.kind && state.redirected,
        detail: `${state.kind} by a proxy before port ${ports.join(' and ')}, ${state.redirected ? `${state.connections} connections` : 'which nothing leads to'}${more(state, manner)}`,
      }
    },
    isHealed(shown) {
      const { kind, asked, struck } = read(shown)
      const done = isHttp(manner) ? `; it was done to ${struck} of ${asked} requests` : ''
      return { ok: kind === 'pass', detail: `the proxy passes all on as it comes${done}` }
    },
  })
}

function more({ struck, notHttp }: Shown, manner: Manner): string {
  if (manner.kind === 'reset' || manner.kind === 'half-open') return `, done to ${struck} open ones`
  return isHttp(manner) && notHttp > 0 ? `; ${notHttp} spoke no HTTP/1 and are passed on as they are` : ''
}
