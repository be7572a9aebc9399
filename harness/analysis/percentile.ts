/** Nearest rank: the smallest value that at least `percent` % of all do not exceed. `null` for no values. */
export function percentileMs(values: readonly number[], percent: number): number | null {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null
}
