import { type ErrorCurve, lostMs, type Span, watchedUntil } from './error-curve.ts'

/** How much two trials' clients suffered alike. */
export interface Similarity {
  /**
   * 1 − gap ÷ the larger of the two losses: 1 for equal curves (two without any loss among them), 0 when one had
   * lost all before the other lost anything.
   */
  readonly similarity: number
  /** The most lost time, at any moment, by which one was ahead of the other. */
  readonly gapMs: number
  /** Of the time that lay in an error window of either, the part that lay in one of both; 1 when neither had any. */
  readonly overlap: number
}

/**
 * Each curve is taken as lost time since the fault: it rises by a probe's period with each bad probe.
 *
 *     lost ms           ╭──────── a      the gap is the largest distance between the two, read upwards:
 *                ╭──────┼──────── b      it is a shift while both rise, and the difference in size when
 *          ╭─────╯↕gap  │                both are through.
 *     ─────┴────────────┴──> ms since the fault
 *
 * The gap is a metric (0 for equal, symmetric, the triangle's rule) in the unit that limits are written in. Where
 * one was watched for longer than the other, only what both saw is compared.
 */
export function similarityOf(a: ErrorCurve, b: ErrorCurve): Similarity {
  const commonMs = Math.min(a.watchedMs, b.watchedMs)
  const [first, second] = [watchedUntil(a, commonMs), watchedUntil(b, commonMs)]
  const gapMs = largestGapMs(first, second)
  const largestLossMs = Math.max(lostMs(first), lostMs(second))
  return {
    similarity: largestLossMs === 0 ? 1 : 1 - gapMs / largestLossMs,
    gapMs,
    overlap: overlapOf(first.windows, second.windows),
  }
}

/** Both are steps: the largest distance lies at one of them. Of steps at the same time none is seen before the other. */
function largestGapMs(a: ErrorCurve, b: ErrorCurve): number {
  let [ofA, ofB, largest] = [0, 0, 0]
  while (ofA < a.badMs.length || ofB < b.badMs.length) {
    const nextMs = Math.min(
      a.badMs[ofA] ?? Number.POSITIVE_INFINITY,
      b.badMs[ofB] ?? Number.POSITIVE_INFINITY,
    )
    while (a.badMs[ofA] === nextMs) ofA += 1
    while (b.badMs[ofB] === nextMs) ofB += 1
    largest = Math.max(largest, Math.abs(ofA * a.periodMs - ofB * b.periodMs))
  }
  return largest
}

function overlapOf(a: readonly Span[], b: readonly Span[]): number {
  const edges = [...a, ...b].flatMap(({ fromMs, toMs }) => [fromMs, toMs]).sort((one, two) => one - two)
  const isIn = (spans: readonly Span[], ms: number) =>
    spans.some(({ fromMs, toMs }) => fromMs <= ms && ms < toMs)
  let [both, either] = [0, 0]
  for (const [index, fromMs] of edges.entries()) {
    const lengthMs = (edges[index + 1] ?? fromMs) - fromMs
    const [inA, inB] = [isIn(a, fromMs), isIn(b, fromMs)]
    if (inA && inB) both += lengthMs
    if (inA || inB) either += lengthMs
  }
  return either === 0 ? 1 : both / either
}
