import { at } from '../probes.ts'
import type { ValidityRule } from './rule.ts'

const FEWEST_PROBES = 50

export const enoughProbes: ValidityRule = ({ frame: { baseline, probes, firstTouched } }) => {
  const before = baseline.to - baseline.from
  const after = probes.length - firstTouched
  if (before >= FEWEST_PROBES && after >= FEWEST_PROBES) return undefined
  return {
    code: 'too-few-probes',
    text: `${before} probes before the fault and ${after} after it are too few to judge by.`,
    advice: 'Probe at a higher rate, or for longer.',
  }
}

export const cleanBaseline: ValidityRule = ({
  frame: { baseline, probes, baselineP99Ms },
  plan: { steadyState },
}) => {
  let bad = 0
  for (let index = baseline.from; index < baseline.to; index += 1) bad += at(probes.good, index) === 0 ? 1 : 0
  const total = baseline.to - baseline.from
  const advice = 'Find out what is wrong with the system at rest; a lower load may help.'
  if (total > 0 && 1 - bad / total < steadyState.minSuccess) {
    return {
      code: 'baseline-not-clean',
      text: `${bad} of ${total} probes were bad before anything was broken.`,
      advice,
    }
  }
  if (baselineP99Ms > steadyState.maxP99Ms) {
    const text = `Before anything was broken the p99 was ${baselineP99Ms.toFixed(0)} ms, above ${steadyState.maxP99Ms} ms.`
    return { code: 'baseline-not-clean', text, advice }
  }
  return undefined
}
