import { ZonefallError } from '../errors/zonefall-error.ts'
import type { LabelKeys } from '../plan/members.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import type { CpuShare } from './capacity-record.ts'

const LABEL = 'zonefall.capacity-cpus'

export interface AskedCpus {
  readonly cpus: number
  /** Whose instances are meant; without it, all that carry a zone's label. */
  readonly tier: string | undefined
}

/**
 * How much CPU time instances may use while the capacity is searched for: what was asked for, else what the
 * system's own labels say. Errors: NO_TARGET when no service is meant, USAGE for a label that is no number.
 */
export function cpuSharesOf(
  { services }: ComposeProject,
  keys: LabelKeys,
  asked: AskedCpus | undefined,
): CpuShare[] {
  if (!asked) {
    const labelled = services.flatMap(({ name, labels }) => {
      const text = labels[LABEL]
      return text === undefined ? [] : [{ name, cpus: cpusOf(text, name) }]
    })
    return [...Map.groupBy(labelled, ({ cpus }) => cpus)].map(([cpus, found]) => ({
      cpus,
      services: found.map(({ name }) => name),
    }))
  }
  const { cpus, tier } = asked
  const meant = services.filter(({ labels }) =>
    tier === undefined ? labels[keys.zone] !== undefined : labels[keys.tier] === tier,
  )
  if (meant.length === 0)
    throw new ZonefallError(
      'NO_TARGET',
      tier === undefined
        ? `No service carries the zone label ${keys.zone}, so --cpus-per-instance limits nothing.`
        : `No service is of the tier \`${tier}\` (label ${keys.tier}).`,
    )
  return [{ cpus, services: meant.map(({ name }) => name) }]
}

/** A Compose file to lay over the project's own; `undefined` when nothing is to be limited. */
export function cpusOverlay(shares: readonly CpuShare[], { resolved }: ComposeProject): string | undefined {
  if (shares.length === 0) return undefined
  const own = JSON.parse(resolved) as { services: Record<string, OwnLimits> }
  const services = Object.fromEntries(
    shares.flatMap(({ cpus, services }) =>
      services.map(service => [service, limitFor(cpus, own.services[service])]),
    ),
  )
  return `${JSON.stringify({ services }, null, 2)}\n` // JSON is YAML
}

interface OwnLimits {
  readonly deploy?: { readonly resources?: { readonly limits?: { readonly cpus?: unknown } } } | null
}

/** Compose knows two places for it, and refuses a file that says it differently in both. */
function limitFor(cpus: number, own: OwnLimits | undefined): object {
  const isDeployed = own?.deploy?.resources?.limits?.cpus !== undefined
  return isDeployed ? { deploy: { resources: { limits: { cpus: String(cpus) } } } } : { cpus }
}

function cpusOf(text: string, service: string): number {
  const cpus = Number(text)
  if (!(cpus >= 0.01 && cpus <= 1024))
    throw new ZonefallError(
      'USAGE',
      `The label ${LABEL} of ${service} is \`${text}\`, which is no number of CPUs.`,
      {
        advice: 'Write a number such as 0.2.',
      },
    )
  return cpus
}
