import { type Known, partKey } from './ddmin.ts'
import type { TriedPart } from './tried-part.ts'

/** What the trials of the parts have decided. */
export function knownOf(tried: readonly Pick<TriedPart, 'part' | 'outcome'>[]): Known {
  return new Map(tried.flatMap(({ part, outcome }) => (outcome ? [[partKey(part), outcome] as const] : [])))
}
