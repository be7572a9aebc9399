import { OUTCOMES } from '../../history/sample.ts'
import { at } from '../probes.ts'
import type { ValidityRule } from './rule.ts'

const FEWEST_PROBES = 50
const ADVICE = 'Find out what is wrong with the system at rest; a lower load may help.'

export const enoughProbes: ValidityRule = ({ frame: { baseline, probes, firstTouched } }) => {
  const before = baseline.to - baseline.from
  const after = probes.length - firstTouched
  if (before >= FEWEST_PROBES && after >= FEWEST_PROBES) return undefined
  return {
    code: 'too-few-probes',
    text: `${before} probes before the fault and ${after} after it are too few to judge by: ${FEWEST_PROBES} are needed.`,
    advice: 'Probe at a higher rate, or for longer.',
  }
}

/** A bad probe before the fault could as well come after it without the fault; so could a slow one. */
export const cleanBaseline: ValidityRule = ({ frame, plan: { steadyState } }) => {
  const { badBefore, baseline, probes, baselineP99Ms } = frame
  if (badBefore.length > 0) {
    const [first = 0] = badBefore
    const outcome = OUTCOMES[at(probes.outcome, first)]
    const total = baseline.to - baseline.from
    const text = `${badBefore.length} of about ${total} probes were bad before anything was broken; the first: ${outcome}, status ${at(probes.status, first)}.`
    return { code: 'baseline-not-clean', text, advice: ADVICE }
  }
  if (baselineP99Ms !== null && baselineP99Ms > steadyState.maxP99Ms) {
    const text = `Before anything was broken the p99 was ${baselineP99Ms.toFixed(0)} ms, above the steady state’s ${steadyState.maxP99Ms} ms.`
    return { code: 'baseline-not-steady', text, advice: ADVICE }
  }
  return undefined
}
