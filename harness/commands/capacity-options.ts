import type { CapacityRecord } from '../capacity/capacity-record.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { SystemOptions } from './system-options.ts'

/** Rates are requests a second, times ms, shares 0..1. */
export interface CapacityOptions extends SystemOptions {
  readonly peak?: number
  readonly for?: number
  readonly fault: string
  readonly zone?: readonly string[]
  readonly from: number
  readonly maxRate: number
  readonly resolution: number
  readonly step: number
  readonly p99: number
  readonly success: number
  readonly path: string
  readonly cpusPerInstance?: number
  readonly tier?: string
  readonly budget: number
  readonly resume?: string
  readonly seed?: number
  readonly out?: string
  readonly dryRun?: true
  readonly json?: true
  /** Flags that stood on the command line; the others have their defaults. */
  readonly given: readonly string[]
}

const GOES_ON_WITH = ['--resume', '--budget', '--dry-run', '--json']

/** What a search is to find out was decided when it began; to change it in silence, or not to, would mislead. */
export function requireNothingNew({ given }: Pick<CapacityOptions, 'given'>): void {
  const others = given.filter(flag => !GOES_ON_WITH.includes(flag))
  if (others.length > 0)
    throw new ZonefallError(
      'USAGE',
      `--resume goes on with what was decided: ${others.join(', ')} cannot be changed.`,
      {
        advice: 'Leave it out, or begin a new search.',
      },
    )
}

/** What no parser of a single flag can see. Errors: USAGE. */
export function requireSensible({ step, p99, path, tier, cpusPerInstance }: CapacityOptions): void {
  const refuse = (what: string, advice: string) => {
    throw new ZonefallError('USAGE', what, { advice })
  }
  if (step < 1000 || step > 30_000)
    refuse('--step is shorter than 1 s or longer than 30 s.', 'Give a time such as 4s.')
  if (p99 < 10 || p99 > 1000)
    refuse(
      '--p99 is below 10 ms or above 1 s, the time after which a probe is given up.',
      'Give a time such as 250ms.',
    )
  if (!path.startsWith('/')) refuse('--path must begin with /.', 'Give a path such as /orders?limit=1.')
  if (tier !== undefined && cpusPerInstance === undefined)
    refuse(
      '--tier says whose CPUs are limited, and --cpus-per-instance is missing.',
      'Give both, or neither.',
    )
}

export function sayPlan(record: CapacityRecord, say: (line: string) => void): void {
  const { system, conditions, fault, from, maxRate, resolution, stepMs, limits, peak, seed, cpuShares } =
    record
  const zones = conditions.flatMap(({ zone }) => zone ?? [])
  say(
    `plan: capacity of ${system}: with all instances, then without ${zones.join(', then without ')} (${fault}); ` +
      `from ${from}/s to at most ${maxRate}/s, to ${(100 * resolution).toFixed(0)} %; ${stepMs / 1000} s a step; seed ${seed}`,
  )
  say(
    `  carried is a rate with ${(100 * limits.minSuccess).toFixed(1)} % of its requests good and p99 ≤ ${limits.maxP99Ms} ms` +
      `${peak === null ? '' : `; the peak is ${peak}/s`}`,
  )
  for (const { cpus, services } of cpuShares) say(`  ${services.join(', ')}: ${cpus} CPUs for each instance`)
}
