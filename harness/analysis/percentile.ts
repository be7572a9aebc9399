/**
 * Nearest rank: the smallest value that at least `percent` % of all do not exceed; exact, since it is one
 * of the values. `null` for no values. Puts the values in order.
 */
export function percentile(values: Uint32Array | Float64Array, percent: number): number | null {
  return values.sort()[rankOf(values.length, percent) - 1] ?? null
}

/** Whether the nearest-rank p99 of `total` values is within a limit that `above` of them exceed. */
export function p99Within(total: number, above: number): boolean {
  return total > 0 && above <= total - rankOf(total, 99)
}

/** Counted from 1. The division comes last, so that 99 % of 100 is 99 and not a little more. */
function rankOf(length: number, percent: number): number {
  return Math.max(1, Math.ceil((percent * length) / 100))
}
