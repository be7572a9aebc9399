import type { Struck } from '../struck.ts'
import type { ValidityRule } from './rule.ts'

const ADVICE = 'Look at the target’s log and at the engine’s.'

export const faultReadBack: ValidityRule = ({ events }) => {
  const read = events.find(event => event.type === 'fault-verified' && event.action === 'inject')
  if (read?.type === 'fault-verified' && read.ok) return undefined
  return {
    code: 'fault-not-verified',
    text:
      read?.type === 'fault-verified'
        ? `The fault did not take hold: the engine reads ${read.detail}.`
        : 'Whether the fault took hold was never read back.',
    advice: ADVICE,
  }
}

/** Where there are several strikes, each that came was read back. */
export const allStruck: ValidityRule = ({ frame: { struck } }) => {
  if (struck.length === 1) return undefined
  const missed = struck.filter(({ readBack, withheld }) => withheld === null && !readBack?.ok)
  if (missed.length === 0) return undefined
  const kinds = new Set(struck.map(({ strike }) => strike.fault.kind))
  const names = new Set(missed.map(strike => nameOf(strike, kinds.size > 1)))
  return {
    code: 'fault-not-verified',
    text: `The fault was not read back on ${[...names].join(' and ')}.`,
    advice: ADVICE,
  }
}

function nameOf({ strike: { target, fault } }: Struck, isOneOfMany: boolean): string {
  return isOneOfMany ? `${target.name} (${fault.kind})` : target.name
}

/** A roll-out that was to reach all did; one that was to get stuck did not find its broken version ready. */
export const rollOutWentAsPlanned: ValidityRule = ({ frame: { struck } }) => {
  for (const { strike, ready, withheld } of struck) {
    const { fault, target } = strike
    if (fault.rollOut === 'to-all' && (withheld !== null || ready?.ok === false)) {
      const why = withheld ?? `${target.name} did not turn ready: ${ready?.detail}`
      return {
        code: 'roll-out-stopped',
        text: `The ${fault.kind} did not reach its end: ${target.name} ${withheld === null ? 'is the last one that came' : 'did not come'}, since ${why}.`,
        advice: 'Lengthen `progressDeadlineSeconds` or the hold, or look at that container’s log.',
      }
    }
    if (fault.rollOut === 'until-unready' && ready?.ok)
      return {
        code: 'fault-without-effect',
        text: `The broken version counted as ready in the place of ${target.name}: ${ready.detail}.`,
        advice: 'Give the service a health check that fails when nobody listens.',
      }
  }
  return undefined
}
