import type { ArmedFault, FaultEngine, FaultTarget } from '../fault.ts'
import { armInNamespace } from './arm-in-namespace.ts'
import { listeningPorts } from './listening-ports.ts'
import { proxyProgram } from './proxy-program.ts'

/** As the proxy's own program knows it (proxy-main.ts). */
export type Manner =
  | { readonly kind: 'latency'; readonly delayMs: number; readonly jitterMs: number }
  | { readonly kind: 'reset' | 'half-open'; readonly share: number }
  | { readonly kind: 'slow-close'; readonly delayMs: number }

interface Shown {
  readonly kind: Manner['kind'] | 'pass'
  readonly connections: number
  /** Open ones that the fault was done to when it came. */
  readonly struck: number
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
  manner: Manner,
): Promise<ArmedFault> {
  const ports = await listeningPorts(engine, target)
  const read = (shown: string) => JSON.parse(shown) as Shown
  return armInNamespace(target, engine, {
    program: await proxyProgram(ports),
    memoryBytes: MEMORY_BYTES,
    begin: 'begin',
    inject: `inject ${JSON.stringify(manner)}`,
    tookHold(shown) {
      const { kind, connections, struck } = read(shown)
      const done =
        manner.kind === 'reset' || manner.kind === 'half-open' ? `, done to ${struck} open ones` : ''
      return {
        ok: kind === manner.kind,
        detail: `${kind} by a proxy before port ${ports.join(' and ')}, ${connections} connections${done}`,
      }
    },
    isHealed: shown => ({ ok: read(shown).kind === 'pass', detail: 'the proxy passes all on as it comes' }),
  })
}
