import type { Deed, ToldStrike } from './deed.ts'

/**
 * `docker update`: the engine tells that it was, and the limits are read after it. What of it a fault can do is a
 * strike, until the limits are as they were again; a sentence for what none does; nothing for the way back.
 */
export function limitStrike(
  { container, limits = {} }: Deed,
  _later: readonly Deed[],
): ToldStrike | string | undefined {
  const changes = Object.entries(limits).map(([name, { before, after }]) => `${name} ${before} → ${after}`)
  if (changes.length === 0) return `${container.name} was updated, to limits that could not be read.`
  return `${container.name} was updated (${changes.join(', ')}): no fault does that.`
}
