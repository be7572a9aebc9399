/**
 * How many times the base's value the candidate's typically is: the Hodges-Lehmann estimate, the median of
 * candidate ÷ base over all pairs. Values are above 0. Infinity, for what ended too late to be seen, is
 * infinitely many times any finite value and once itself. Between two middle pairs the geometric mean, so
 * that the two sides exchanged give the reciprocal.
 */
export function typicalRatio(base: readonly number[], candidate: readonly number[]): number {
  const ratios = candidate.flatMap(high => base.map(low => ratioOf(high, low))).sort((a, b) => a - b)
  const lower = ratios[(ratios.length - 1) >> 1] ?? Number.NaN
  const upper = ratios[ratios.length >> 1] ?? Number.NaN
  if (lower === upper) return lower
  if (lower === 0 && upper === Number.POSITIVE_INFINITY) return 1 // as many pairs each way
  return Math.sqrt(lower) * Math.sqrt(upper)
}

function ratioOf(candidate: number, base: number): number {
  return candidate === base ? 1 : candidate / base // infinity divided by itself
}
