import type { ArmedFault, FaultEngine, FaultTarget } from '../fault.ts'
import { armInNamespace } from './arm-in-namespace.ts'
import type { Checked } from './dns/lookup-check.ts'
import type { DnsManner } from './dns/manner.ts'
import { moduleProgram } from './module-program.ts'
import { CHAIN_DNS, CHAIN_OUT } from './names.ts'

interface Shown {
  readonly kind: DnsManner['kind']
  readonly servers: readonly string[]
  /** Lookups of the target since the fault, and those of them that it was done to. */
  readonly asked: number
  readonly struck: number
  readonly check?: Checked
}

const MEMORY_BYTES = 256 * 1024 * 1024

/**
 * A fault of what the target looks up. A small name server stands before those that the target asks, from arming on,
 * and passes all on, so that the baseline is measured with it and the fault is one word. `blackHoles`: addresses
 * where nobody is, and which nothing is to leave the machine for.
 */
export async function armThroughDns(
  target: FaultTarget,
  engine: FaultEngine,
  manner: Exclude<DnsManner, { kind: 'pass' }>,
  blackHoles: readonly string[] = [],
): Promise<ArmedFault> {
  const read = (shown: string) => JSON.parse(shown) as Shown
  const chains = { out: CHAIN_OUT, dns: CHAIN_DNS }
  return armInNamespace(target, engine, {
    program: await moduleProgram('dns/dns-main.ts', { chains, blackHoles }),
    memoryBytes: MEMORY_BYTES,
    begin: 'begin',
    inject: `inject ${JSON.stringify(manner)}`,
    tookHold(shown) {
      const { kind, servers, check } = read(shown)
      const isStruck = check !== undefined && check.was !== 'pass' && check.was !== 'not seen'
      return {
        ok: kind === manner.kind && isStruck,
        detail: `${kind} by a name server before ${servers.join(' and ')}; ${check ? inWords(check) : 'nothing was looked up'}`,
      }
    },
    isHealed(shown) {
      const { kind, asked, struck } = read(shown)
      return {
        ok: kind === 'pass',
        detail: `the name server passes all on as it comes; it was done to ${struck} of ${asked} lookups`,
      }
    },
  })
}

function inWords({ name, was, answer }: Checked): string {
  const what = {
    answered: `was answered with ${answer}`,
    late: 'is late',
    'never answered': 'is not answered',
    pass: 'was passed on',
    'not seen': 'went past it',
  }[was]
  return `in its network, a lookup of \`${name}\` ${what}`
}
