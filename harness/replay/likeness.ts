import { type ErrorCurve, lostMs } from './error-curve.ts'
import { type Similarity, similarityOf } from './similarity.ts'

/** A valid trial: its curve, and how wide the bracket of its error window is, if that was measured. */
export interface ComparedTrial {
  readonly curve: ErrorCurve
  readonly bracketMs: number | null
}

/** The runs as wholes: the middle of all pairs of a stored and a replayed trial. */
export interface Likeness extends Similarity {
  readonly isAlike: boolean
  /** A gap up to here is no difference: the largest of the four below. */
  readonly allowedMs: number
  readonly allowances: Allowances
}

export interface Allowances {
  /** A gap below this is never a difference, as a bracket below this is never too wide. */
  readonly resolutionMs: number
  /** A tenth of the larger of the two middle losses. */
  readonly tenthOfLossMs: number
  /** The widest bracket of a stored trial, and the widest of a replayed one, together. */
  readonly bracketsMs: number
  /** The largest gap between two trials of one and the same run; `null` if neither has two. */
  readonly spreadMs: number | null
}

const RESOLUTION_MS = 100
const PART_OF_LOSS = 0.1

/**
 * Two runs are alike when the gap between them is none that their own uncertainty explains: what was measured is
 * known to the brackets only, and trials of one run differ among themselves. Neither may be empty.
 */
export function likenessOf(stored: readonly ComparedTrial[], replayed: readonly ComparedTrial[]): Likeness {
  const pairs = stored.flatMap(one => replayed.map(other => similarityOf(one.curve, other.curve)))
  if (pairs.length === 0) throw new RangeError('nothing to compare')
  const middle = (of: (pair: Similarity) => number) => median(pairs.map(of))
  const allowances = {
    resolutionMs: RESOLUTION_MS,
    tenthOfLossMs: PART_OF_LOSS * Math.max(middleLossMs(stored), middleLossMs(replayed)),
    bracketsMs: widestBracketMs(stored) + widestBracketMs(replayed),
    spreadMs: spreadOf([...gapsAmong(stored), ...gapsAmong(replayed)]),
  }
  const gapMs = middle(pair => pair.gapMs)
  const allowedMs = Math.max(
    allowances.resolutionMs,
    allowances.tenthOfLossMs,
    allowances.bracketsMs,
    allowances.spreadMs ?? 0,
  )
  return {
    similarity: middle(pair => pair.similarity),
    gapMs,
    overlap: middle(pair => pair.overlap),
    isAlike: gapMs <= allowedMs,
    allowedMs,
    allowances,
  }
}

function middleLossMs(trials: readonly ComparedTrial[]): number {
  return median(trials.map(({ curve }) => lostMs(curve)))
}

function widestBracketMs(trials: readonly ComparedTrial[]): number {
  return Math.max(...trials.map(({ bracketMs }) => bracketMs ?? 0))
}

function gapsAmong(trials: readonly ComparedTrial[]): number[] {
  return trials.flatMap((one, index) =>
    trials.slice(index + 1).map(other => similarityOf(one.curve, other.curve).gapMs),
  )
}

function spreadOf(gapsMs: readonly number[]): number | null {
  return gapsMs.length === 0 ? null : Math.max(...gapsMs)
}

/** The mean of the two in the middle of an even number. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
