import type { Strike, TrialPlan } from '../plan/trial-plan.ts'
import { strikesOf, withStrikes } from '../plan/trial-plan.ts'
import type { Part } from './ddmin.ts'

/** What is left out or in as a whole: a strike, or all of a roll-out, whose strikes wait for one another. */
export interface Element {
  /** Their places among the plan's strikes. */
  readonly places: readonly number[]
  /** `kill web-1 at 2000 ms` */
  readonly name: string
}

export function elementsOf(plan: TrialPlan): Element[] {
  const strikes = strikesOf(plan)
  const elements = new Map<string, number[]>()
  for (const [place, strike] of strikes.entries()) {
    const key = strike.fault.rollOut === undefined ? `strike ${place}` : `entry ${strike.entry}`
    elements.set(key, [...(elements.get(key) ?? []), place])
  }
  return [...elements.values()].map(places => ({
    places,
    name: nameOf(places.flatMap(at => strikes[at] ?? [])),
  }))
}

function nameOf(strikes: readonly Strike[]): string {
  const [first] = strikes
  if (!first) return ''
  const targets = strikes.map(({ target }) => target.name).join(', ')
  return `${first.fault.kind} ${targets} from ${first.atMs} to ${first.untilMs} ms`
}

/**
 * The same plan with some of its elements only; all else stays, the instants too. No fault need show in traffic: that
 * one which matters nothing shows in nothing is what is looked for, and does not make a trial invalid. That each took
 * hold is read back all the same.
 */
export function planOfPart(plan: TrialPlan, elements: readonly Element[], part: Part): TrialPlan {
  const strikes = strikesOf(plan)
  const places = part.flatMap(index => elements[index]?.places ?? []).sort((a, b) => a - b)
  return withStrikes(
    plan,
    places.flatMap(place => {
      const strike = strikes[place]
      if (!strike) throw new RangeError(`no strike ${place}`)
      const { afterReady } = strike
      const quiet = { ...strike, fault: { ...strike.fault, effect: 'none-in-traffic' as const } }
      return [afterReady === undefined ? quiet : { ...quiet, afterReady: places.indexOf(afterReady) }]
    }),
  )
}
