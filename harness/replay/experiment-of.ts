import { stringify } from 'yaml'
import { printDuration } from '../experiment/duration.ts'
import type { ExperimentInput } from '../experiment/experiment.ts'
import { memberName } from '../plan/members.ts'
import { type Strike, strikesOf, type TrialPlan } from '../plan/trial-plan.ts'
import { memberOf } from './transplant.ts'

type Line = NonNullable<ExperimentInput['faults']>[number]

/** The experiment that a plan could have come from: each strike a line, with the container that was drawn. */
export function experimentOf(
  plan: TrialPlan,
  words: Pick<ExperimentInput, 'name' | 'title' | 'shows' | 'expected' | 'requests'>,
): ExperimentInput {
  const { timing, probes, load, steadyState, slos } = plan
  return {
    ...words,
    faults: linesOf(plan),
    timing: { ...timing },
    probes: { ...probes },
    load: { ...load },
    steadyState: { ...steadyState },
    slos: [...slos],
  }
}

/** A roll-out is one line: its strikes wait for one another. */
function linesOf(plan: TrialPlan): Line[] {
  const strikes = strikesOf(plan)
  const { holdMs } = plan.timing
  const rollOuts = Map.groupBy(
    strikes.filter(({ fault }) => fault.rollOut !== undefined),
    ({ entry }) => entry,
  )
  return strikes.flatMap(strike => {
    if (strike.fault.rollOut === undefined) return [lineOf(strike, holdMs)]
    const whole = rollOuts.get(strike.entry) ?? []
    if (whole[0] !== strike) return []
    return [{ ...lineOf(strike, holdMs), target: targetOfAll(whole, plan) }]
  })
}

/** `fault`, `target`, `at` and `for`; what is as if it were not said is not said. */
export function lineOf(
  { fault, target, atMs, untilMs }: Pick<Strike, 'target' | 'atMs' | 'untilMs'> & { fault: Fault },
  holdMs: number,
): Line {
  return {
    fault: { kind: fault.kind, ...fault.parameters },
    target: { name: memberName(memberOf(target)) },
    ...(atMs === 0 ? {} : { at: printDuration(atMs) }),
    ...(untilMs >= holdMs ? {} : { for: printDuration(untilMs - atMs) }),
  }
}

type Fault = Pick<Strike['fault'], 'kind' | 'parameters'>

/** What they have in common, service or else tier, and how many they are: a line cannot list names. */
function targetOfAll(strikes: readonly Strike[], { peers, otherPeers = [] }: TrialPlan): Line['target'] {
  const [first] = strikes
  const amount = (key: 'service' | 'tier') =>
    [peers, ...otherPeers].flat().filter(peer => peer[key] === first?.target[key]).length === strikes.length
      ? { all: true as const }
      : { count: strikes.length }
  const isShared = (key: 'service' | 'tier') =>
    first?.target[key] && strikes.every(({ target }) => target[key] === first.target[key])
  if (isShared('service')) return { service: first?.target.service ?? '', ...amount('service') }
  if (isShared('tier')) return { tier: first?.target.tier ?? '', ...amount('tier') }
  return { name: first ? memberName(memberOf(first.target)) : '' }
}

/** YAML, with a header of comments. What is empty says nothing, and is left out. */
export function experimentText(experiment: ExperimentInput, head: readonly string[]): string {
  const comments = head.flatMap(line => line.split('\n')).map(line => `# ${line}\n`)
  const text = stringify(experiment, (_, value) => (isEmptyObject(value) ? undefined : value), {
    lineWidth: 110,
  })
  return `${comments.join('')}${text}`
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
