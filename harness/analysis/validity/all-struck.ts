import { targetsOf } from '../../plan/trial-plan.ts'
import type { ValidityRule } from './rule.ts'

/** Where several targets are struck together, the fault was read back on each of them. */
export const allStruck: ValidityRule = ({ events, plan }) => {
  if (plan.alsoStruck === undefined) return undefined
  const missed = targetsOf(plan).filter(
    ({ id }) =>
      !events.some(
        event =>
          event.type === 'fault-verified' &&
          event.action === 'inject' &&
          event.container.id === id &&
          event.ok,
      ),
  )
  if (missed.length === 0) return undefined
  return {
    code: 'fault-not-verified',
    text: `The fault was not read back on ${missed.map(({ name }) => name).join(' and ')}.`,
    advice: 'Look at the target’s log and at the engine’s.',
  }
}
