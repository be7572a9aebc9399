import { nextStep } from './ddmin.ts'
import type { Element } from './elements.ts'
import { knownOf } from './known.ts'
import type { TriedPart } from './tried-part.ts'

/** The shape of a search's `verdict.json` and of `shrink --json`. */
export interface ShrinkVerdict {
  readonly schema: 1
  readonly kind: 'shrink'
  /** `pass`: the smallest part was found, and each of its elements is needed. Else `inconclusive`. */
  readonly status: 'pass' | 'inconclusive'
  readonly reasons: readonly string[]
  readonly of: string
  readonly system: string
  readonly elements: readonly string[]
  /** The smallest that is known to fail, by its elements; `null` if not even the whole was seen to. */
  readonly smallest: readonly string[] | null
  /** How much the trials prove, in words. */
  readonly proves: string
  readonly parts: readonly PartDocument[]
  readonly results: string
}

export interface PartDocument {
  readonly part: readonly string[]
  /** `null`: not decided yet. */
  readonly outcome: 'fails' | 'passes' | 'undecided' | null
  readonly valid: number
  readonly failed: number
  readonly trials: number
  readonly why: string
}

export interface ShrinkFacts {
  readonly of: string
  readonly system: string
  readonly elements: readonly Element[]
  readonly tried: readonly TriedPart[]
  readonly results: string
}

interface Finding {
  readonly status: ShrinkVerdict['status']
  readonly reasons: readonly string[]
  readonly smallest: readonly number[] | null
}

export function judgeShrink({ of, system, elements, tried, results }: ShrinkFacts): ShrinkVerdict {
  const { status, reasons, smallest } = find(elements, tried)
  const namesOf = (part: readonly number[]) => part.map(index => elements[index]?.name ?? '?')
  return {
    schema: 1,
    kind: 'shrink',
    status,
    reasons,
    of,
    system,
    elements: elements.map(({ name }) => name),
    smallest: smallest && namesOf(smallest),
    proves: smallest ? whatProves(smallest, tried) : 'Nothing was seen to fail.',
    parts: tried
      .toSorted((a, b) => b.part.length - a.part.length)
      .map(({ part, outcome, ...counts }) => ({ part: namesOf(part), outcome: outcome ?? null, ...counts })),
    results,
  }
}

function find(elements: readonly Element[], tried: readonly TriedPart[]): Finding {
  const step = nextStep(elements.length, knownOf(tried))
  const [smallestSoFar] = tried
    .filter(({ outcome }) => outcome === 'fails')
    .toSorted((a, b) => a.part.length - b.part.length)
  switch (step.kind) {
    case 'whole-does-not-fail': {
      const whole = tried.find(({ part }) => part.length === elements.length)
      const reason =
        step.outcome === 'passes'
          ? `All of it together did not fail here, in ${whole?.valid} valid trials: there is nothing to make smaller.`
          : `Whether all of it together fails could not be told: ${whole?.why}`
      return { status: 'inconclusive', reasons: [reason], smallest: null }
    }
    case 'try':
      return {
        status: 'inconclusive',
        reasons: ['It was ended before the smallest part was found.'],
        smallest: smallestSoFar?.part ?? null,
      }
    case 'done':
      return {
        status: step.undecided.length === 0 ? 'pass' : 'inconclusive',
        reasons: step.undecided.map(
          index =>
            `Whether it fails without ${elements[index]?.name} could not be told: that may not be needed.`,
        ),
        smallest: step.part,
      }
  }
}

/** A part that passed may fail more seldom than so many trials tell: 1 − 0.05^(1/n), at 95 %. */
function whatProves(smallest: readonly number[], tried: readonly TriedPart[]): string {
  const own = tried.find(({ part }) => part.join() === smallest.join())
  const failed = `It failed in ${own?.failed ?? 0} of ${own?.valid ?? 0} valid trials.`
  if (smallest.length === 1) return `${failed} It is a single fault, of which nothing can be left out.`
  const without = tried.filter(
    ({ part, outcome }) =>
      outcome === 'passes' &&
      part.length === smallest.length - 1 &&
      part.every(index => smallest.includes(index)),
  )
  if (without.length === 0) return `${failed} That it is the smallest is not shown.`
  const fewest = Math.min(...without.map(({ valid }) => valid))
  const percent = (100 * (1 - 0.05 ** (1 / fewest))).toFixed(0)
  const times = fewest === 1 ? '1 valid trial' : `${fewest} valid trials`
  return `${failed} Without each of ${without.length === smallest.length ? 'its' : without.length} faults it passed in at least ${times}, which bounds how often it would fail without it below ${percent} % (at 95 % confidence); --resume with more --trials bounds it further.`
}
