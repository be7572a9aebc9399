/** One rate that was tried, and whether the system carried it. */
export interface Tried {
  readonly rate: number
  readonly passed: boolean
}

/** Rates are whole requests a second. */
export interface SearchSettings {
  /** Tried first, in this order, as long as they are carried. */
  readonly first: readonly number[]
  readonly floor: number
  readonly ceiling: number
  /** Done when the lowest rate that failed is no more than so much above the highest that was carried: 0.05. */
  readonly resolution: number
  /** What a rate is multiplied by at first while nothing has failed, then ever more: above a good guess, little. */
  readonly growth: number
}

export type SearchState =
  | { readonly kind: 'try'; readonly rate: number }
  | { readonly kind: 'done'; readonly bounds: Bounds }

/** More at once would load a system far beyond what it was seen to carry. */
const MOST_GROWTH = 2

/** `null`: no rate was carried, or none failed. */
export interface Bounds {
  readonly carried: number | null
  readonly failed: number | null
}

/**
 * Up in growing steps until a rate fails, or down until one is carried; then between the two, until they are close.
 * A rate that failed is tried once more before it stands as the bound: a machine that was disturbed for a moment,
 * or a server that was still cold, would otherwise hide all that lies above it. The last try of a rate counts.
 */
export function searchFrom(tried: readonly Tried[], settings: SearchSettings): SearchState {
  const bounds = boundsOf(tried)
  const { carried, failed } = bounds
  const within = (rate: number) => Math.min(settings.ceiling, Math.max(settings.floor, Math.round(rate)))
  const tryAt = (rate: number): SearchState => ({ kind: 'try', rate: within(rate) })

  if (failed === null) {
    const next = settings.first.map(within).find(rate => rate > (carried ?? 0))
    if (next !== undefined) return tryAt(next)
    if (carried === null) return tryAt(settings.floor)
    return carried >= settings.ceiling
      ? { kind: 'done', bounds }
      : tryAt(Math.max(carried + 1, carried * Math.min(MOST_GROWTH, settings.growth ** passesInARow(tried))))
  }
  const isStanding = tried.filter(({ rate }) => rate === failed).length > 1
  if (carried === null) {
    if (failed > settings.floor) return tryAt(failed / 2)
    return isStanding ? { kind: 'done', bounds } : tryAt(failed)
  }
  if (failed - carried <= 1 || failed <= carried * (1 + settings.resolution))
    return isStanding ? { kind: 'done', bounds } : tryAt(failed)
  const middle = Math.round(Math.sqrt(carried * failed))
  return tryAt(Math.min(failed - 1, Math.max(carried + 1, middle)))
}

/** The highest rate that was carried at its last try, and the lowest above it that was not. */
export function boundsOf(tried: readonly Tried[]): Bounds {
  const last = new Map(tried.map(({ rate, passed }) => [rate, passed]))
  const rates = [...last.keys()].sort((a, b) => a - b)
  const carried = rates.findLast(rate => last.get(rate)) ?? null
  const failed = rates.find(rate => !last.get(rate) && rate > (carried ?? 0)) ?? null
  return { carried, failed }
}

/** How many tries in a row, up to the last, were carried; at least 1. */
function passesInARow(tried: readonly Tried[]): number {
  const since = tried.findLastIndex(({ passed }) => !passed)
  return Math.max(1, tried.length - 1 - since)
}
