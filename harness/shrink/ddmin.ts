/** What is known of a part of the whole. `undecided`: it was tried as often as it may be, and nobody can tell. */
export type Outcome = 'fails' | 'passes' | 'undecided'

/** Some of the whole's elements, by their places in it, ascending. */
export type Part = readonly number[]

export type Step =
  /** Whether this part fails must be known before it can go on. */
  | { readonly kind: 'try'; readonly part: Part }
  | {
      readonly kind: 'done'
      /** The smallest part known to fail. */
      readonly part: Part
      /** Each of these, if it too can be left out, would make it smaller still: nobody could tell. Empty: it is 1-minimal. */
      readonly undecided: Part
    }
  /** The whole itself does not fail, or nobody can tell. */
  | { readonly kind: 'whole-does-not-fail'; readonly outcome: Exclude<Outcome, 'fails'> }

/** By `partKey`. */
export type Known = ReadonlyMap<string, Outcome>

export function partKey(part: Part): string {
  return part.join('+')
}

/**
 * Delta debugging (Zeller and Hildebrandt's ddmin), as a function of what is known so far: it either names the next
 * part that must be tried, or has its answer. So it can be stopped anywhere and gone on with from a list on disk,
 * and the same outcomes always lead the same way.
 *
 * The end is 1-minimal: without any single one of its elements it passes. Only what was seen to pass counts so; what
 * is undecided is neither taken nor counted, and is told.
 */
export function nextStep(count: number, known: Known): Step {
  const whole = Array.from({ length: count }, (_, index) => index)
  const outcome = known.get(partKey(whole))
  if (outcome === undefined) return { kind: 'try', part: whole }
  if (outcome !== 'fails') return { kind: 'whole-does-not-fail', outcome }
  let part: Part = whole
  let pieces = 2
  while (part.length > 1) {
    const found = firstFailing(candidatesOf(part, pieces), known)
    if (found.kind === 'unknown') return { kind: 'try', part: found.part }
    if (found.kind === 'fails') {
      pieces = found.isPiece ? 2 : Math.max(pieces - 1, 2)
      part = found.part
    } else if (pieces >= part.length) break
    else pieces = Math.min(2 * pieces, part.length)
  }
  return { kind: 'done', part, undecided: undecidedIn(part, known) }
}

interface Candidate {
  readonly part: Part
  readonly isPiece: boolean
}

/** The pieces themselves, which are smaller, before all that is left without one of them. */
function candidatesOf(part: Part, pieces: number): Candidate[] {
  const slices = slicesOf(part, pieces)
  const without = slices.map(slice => part.filter(element => !slice.includes(element)))
  return [
    ...slices.map(slice => ({ part: slice, isPiece: true })),
    // Of two pieces each is what is left without the other.
    ...(pieces > 2 ? without.map(rest => ({ part: rest, isPiece: false })) : []),
  ]
}

/** As even as can be; none is empty. */
function slicesOf(part: Part, pieces: number): Part[] {
  return Array.from({ length: pieces }, (_, index) =>
    part.slice(Math.floor((index * part.length) / pieces), Math.floor(((index + 1) * part.length) / pieces)),
  )
}

type Found =
  | ({ readonly kind: 'fails' } & Candidate)
  | { readonly kind: 'unknown'; readonly part: Part }
  | { readonly kind: 'none' }

function firstFailing(candidates: readonly Candidate[], known: Known): Found {
  for (const candidate of candidates) {
    const outcome = known.get(partKey(candidate.part))
    if (outcome === undefined) return { kind: 'unknown', part: candidate.part }
    if (outcome === 'fails') return { kind: 'fails', ...candidate }
  }
  return { kind: 'none' }
}

/** Of a single element nothing can be left out: with nothing broken nothing is tried. */
function undecidedIn(part: Part, known: Known): Part {
  if (part.length === 1) return []
  return part.filter(element => known.get(partKey(part.filter(other => other !== element))) !== 'passes')
}
