import type { Status } from '../verdict/status.ts'
import type { CapacityRecord, Condition } from './capacity-record.ts'
import type { ConditionResult } from './judge-condition.ts'
import type { Limits } from './judge-step.ts'
import { type Model, modelOf } from './model.ts'

/** The shape of a search's `verdict.json` and of `--json`, which others build on. Rates are requests a second. */
export interface CapacityVerdict {
  readonly schema: 1
  readonly kind: 'capacity'
  /** `fail`: the peak is not carried with a zone gone. Without a peak: `pass` when all was measured. */
  readonly status: Exclude<Status, 'invalid'>
  readonly reasons: readonly string[]
  readonly system: string
  readonly seed: number
  readonly fault: string
  readonly limits: Limits
  readonly resolution: number
  readonly cpu_shares: CapacityRecord['cpuShares']
  readonly peak: number | null
  readonly generator: ConditionResult | null
  readonly conditions: readonly JudgedCondition[]
  /** Carried with all instances, and with the zone gone whose loss costs most; `null` where not known. */
  readonly n: number | null
  readonly n_minus_1: number | null
  /** `null` also where machine, generator or --max-rate capped either. */
  readonly ratio: number | null
  /** `null` when N or the zones are not known. */
  readonly model: Model | null
  /** Conditions that were not begun. */
  readonly left_out: readonly string[]
  readonly results: string
}

export interface JudgedCondition extends ConditionResult {
  readonly condition: string
  readonly zone: string | null
  /** Within the search's folder. */
  readonly folder: string
  /** `null` without a peak. */
  readonly carries_peak: 'yes' | 'no' | 'unknown' | null
}

export interface CapacityCase {
  readonly record: CapacityRecord
  readonly generator: ConditionResult | null
  /** Of conditions that were begun, by folder. */
  readonly results: ReadonlyMap<Condition['folder'], ConditionResult>
  readonly folder: string
}

export function judgeCapacity({ record, generator, results, folder }: CapacityCase): CapacityVerdict {
  const conditions = record.conditions.flatMap((condition): JudgedCondition[] => {
    const result = results.get(condition.folder)
    if (!result) return []
    const { name, zone } = condition
    return [
      {
        condition: name,
        zone,
        folder: condition.folder,
        carries_peak: record.peak === null ? null : carriesPeak(result, record.peak),
        ...result,
      },
    ]
  })
  const leftOut = record.conditions
    .filter(condition => !results.has(condition.folder))
    .map(({ name }) => name)
  const all = conditions.find(({ zone }) => zone === null)
  const n = all?.carried ?? null
  const losses = conditions.filter(({ zone }) => zone !== null)
  const worst = worstOf(losses)
  const nMinus1 = worst?.carried ?? null
  return {
    schema: 1,
    kind: 'capacity',
    ...conclude(record, conditions, leftOut),
    system: record.system,
    seed: record.seed,
    fault: record.fault,
    limits: record.limits,
    resolution: record.resolution,
    cpu_shares: record.cpuShares,
    peak: record.peak,
    generator,
    conditions,
    n,
    n_minus_1: nMinus1,
    ratio: n && nMinus1 !== null && isSystems(all) && isSystems(worst) ? nMinus1 / n : null,
    model: all && n ? modelFrom(record, all, losses) : null,
    left_out: leftOut,
    results: folder,
  }
}

/** What fails for want of machine or generator says nothing of the system. */
function carriesPeak(
  { carried, failed, limited_by }: ConditionResult,
  peak: number,
): 'yes' | 'no' | 'unknown' {
  if (carried !== null && carried >= peak) return 'yes'
  const isBelow = failed === null ? carried === 0 : failed <= peak
  return isBelow && limited_by === 'system' ? 'no' : 'unknown'
}

/** The loss with which least is carried; `undefined` while that of one is not known. */
function worstOf(losses: readonly JudgedCondition[]): JudgedCondition | undefined {
  if (losses.some(({ carried }) => carried === null)) return undefined
  return losses.toSorted((a, b) => (a.carried ?? 0) - (b.carried ?? 0))[0]
}

function isSystems(condition: JudgedCondition | undefined): boolean {
  return condition?.limited_by === 'system'
}

/** What machine or generator capped is no number to hold a model against. */
function modelFrom(
  { tiers, target, peak }: CapacityRecord,
  all: JudgedCondition,
  losses: readonly JudgedCondition[],
): Model {
  return modelOf({
    tiers,
    all: all.carried ?? 0,
    isLeast: !isSystems(all),
    losses: losses.map(loss => ({
      zone: loss.zone ?? '',
      carried: isSystems(all) && isSystems(loss) ? loss.carried : null,
    })),
    target: target ?? peak,
  })
}

function conclude(
  { peak }: CapacityRecord,
  conditions: readonly JudgedCondition[],
  leftOut: readonly string[],
): Pick<CapacityVerdict, 'status' | 'reasons'> {
  const missing = [
    ...conditions.flatMap(({ condition, carried, limited_by, note }) =>
      limited_by === null || carried === null
        ? [`${condition}: ${note ?? cappedWords(carried, limited_by)}`]
        : [],
    ),
    ...leftOut.map(name => `${name}: not tried.`),
  ]
  if (peak === null)
    return missing.length > 0 ? { status: 'inconclusive', reasons: missing } : { status: 'pass', reasons: [] }
  const overwhelmed = conditions.filter(({ carries_peak }) => carries_peak === 'no')
  if (overwhelmed.length > 0)
    return {
      status: 'fail',
      reasons: overwhelmed.map(
        ({ condition, carried }) => `${condition}: ${carried ?? 0}/s are carried, not ${peak}.`,
      ),
    }
  const unknown = conditions
    .filter(({ carries_peak }) => carries_peak === 'unknown')
    .map(
      ({ condition, carried, limited_by, note }) =>
        `${condition}: whether ${peak}/s are carried is not known: ${note ?? cappedWords(carried, limited_by)}`,
    )
  const open = [...unknown, ...leftOut.map(name => `${name}: not tried.`)]
  return open.length > 0 ? { status: 'inconclusive', reasons: open } : { status: 'pass', reasons: [] }
}

function cappedWords(carried: number | null, by: ConditionResult['limited_by']): string {
  const reached = `${carried ?? 0}/s were carried, and then`
  switch (by) {
    case 'machine':
      return `${reached} this machine had nothing left to give.`
    case 'generator':
      return `${reached} the load generator’s own limit came.`
    case 'max-rate':
      return `nothing above ${carried ?? 0}/s was tried (--max-rate).`
    default:
      return `it lies between what was carried and what was not.`
  }
}
