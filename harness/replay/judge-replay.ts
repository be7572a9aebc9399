import { lostMs } from './error-curve.ts'
import { type Allowances, type ComparedTrial, likenessOf } from './likeness.ts'
import type { NamedTrial, ReplayRecord } from './replay-record.ts'

/** The shape of `likeness.json` and of `replay --json`. */
export interface ReplayVerdict {
  readonly schema: 1
  readonly kind: 'replay'
  /** `pass`: alike. `fail`: not. `invalid`: too few valid trials to tell. */
  readonly status: 'pass' | 'fail' | 'invalid'
  readonly reasons: readonly string[]
  readonly of: string
  /** `null` without a valid trial to compare. */
  readonly likeness: LikenessDocument | null
  readonly stored: readonly TrialDocument[]
  readonly replayed: readonly TrialDocument[]
  readonly results: string
}

/** `similarity.ts` and `likeness.ts` say what these mean. */
export interface LikenessDocument {
  readonly similarity: number
  readonly gap_ms: number
  readonly overlap: number
  readonly allowed_ms: number
  readonly allowances: {
    readonly resolution_ms: number
    readonly tenth_of_loss_ms: number
    readonly brackets_ms: number
    readonly spread_ms: number | null
  }
}

export interface TrialDocument {
  readonly trial: string
  readonly lost_ms: number
  /** First and last, in ms since the fault; none without a bad probe. */
  readonly windows: readonly { readonly from_ms: number; readonly to_ms: number }[]
}

export interface ReplayedTrial extends NamedTrial {
  readonly isValid: boolean
  /** Why it is not. */
  readonly reasons: readonly string[]
}

export function judgeReplay(
  { of, stored, trials: wanted }: Omit<ReplayRecord, 'schema'>,
  trials: readonly ReplayedTrial[],
  results: string,
): ReplayVerdict {
  const valid = trials.filter(({ isValid }) => isValid)
  const likeness = valid.length === 0 ? null : likenessOf(stored, valid)
  const isWhole = valid.length >= wanted
  return {
    schema: 1,
    kind: 'replay',
    status: !likeness || !isWhole ? 'invalid' : likeness.isAlike ? 'pass' : 'fail',
    reasons: [
      ...trials.flatMap(({ isValid, name, reasons }) =>
        isValid ? [] : [`${name} is invalid: ${reasons.join(' ')}`],
      ),
      ...(isWhole
        ? []
        : [`${valid.length} of ${wanted} replayed trials are valid, which is too few to tell.`]),
      ...(likeness ? [sentenceOf(likeness)] : []),
      ...(likeness && !likeness.isAlike && likeness.allowances.spreadMs === null ? [ONE_TRIAL] : []),
    ],
    of,
    likeness: likeness && {
      similarity: likeness.similarity,
      gap_ms: likeness.gapMs,
      overlap: likeness.overlap,
      allowed_ms: likeness.allowedMs,
      allowances: documentOf(likeness.allowances),
    },
    stored: stored.map(trialDocument),
    replayed: valid.map(trialDocument),
    results,
  }
}

const ONE_TRIAL =
  'Neither run has two trials, so that how far its trials differ among themselves is not known: `--trials 5` tells.'

function sentenceOf({ gapMs, allowedMs, isAlike, allowances }: ReturnType<typeof likenessOf>): string {
  const gap = `The lost time of the two is ${Math.round(gapMs)} ms apart where it is furthest`
  const allowed = `${Math.round(allowedMs)} ms (${largestOf(allowances)})`
  return isAlike ? `${gap}; up to ${allowed} is no difference.` : `${gap}, more than ${allowed} explains.`
}

function largestOf({ resolutionMs, tenthOfLossMs, bracketsMs, spreadMs }: Allowances): string {
  const [largest] = [
    { ms: spreadMs ?? 0, name: 'as far apart as trials of one run' },
    { ms: bracketsMs, name: 'the brackets of the error windows' },
    { ms: tenthOfLossMs, name: 'a tenth of the loss' },
    { ms: resolutionMs, name: 'what the measurement resolves' },
  ].toSorted((a, b) => b.ms - a.ms)
  return largest?.name ?? ''
}

function documentOf({ resolutionMs, tenthOfLossMs, bracketsMs, spreadMs }: Allowances) {
  return {
    resolution_ms: resolutionMs,
    tenth_of_loss_ms: tenthOfLossMs,
    brackets_ms: bracketsMs,
    spread_ms: spreadMs,
  }
}

function trialDocument({ name, curve }: ComparedTrial & { name: string }): TrialDocument {
  return {
    trial: name,
    lost_ms: lostMs(curve),
    windows: curve.windows.map(({ fromMs, toMs }) => ({ from_ms: fromMs, to_ms: toMs })),
  }
}
