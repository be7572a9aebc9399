import type { ValidityRule } from './rule.ts'

/** What the engine tells when somebody does something to a container; `die` and the like only follow from that. */
const DEEDS = new Set(['start', 'restart', 'stop', 'kill', 'pause', 'unpause', 'update', 'destroy'])

/**
 * While the fault is on, only the fault acts on the target. Results from before faults said what the engine
 * tells of them are not held against this.
 */
export const undisturbed: ValidityRule = ({ events, frame, plan }) => {
  const { target, fault } = plan
  const { tells } = fault
  if (tells === undefined) return undefined
  const deed = events.find(
    event =>
      event.type === 'engine' &&
      event.container.id === target.id &&
      DEEDS.has(event.action) &&
      !tells.includes(event.action) &&
      event.atUs - (event.errorUs ?? 0) > frame.fault.lowerUs &&
      event.atUs + (event.errorUs ?? 0) < frame.healUs,
  )
  if (deed?.type !== 'engine') return undefined
  const afterMs = Math.round((deed.atUs - frame.fault.atUs) / 1000)
  return {
    code: 'disturbed',
    text: `Somebody else acted on ${target.name} while the fault was on: the engine tells of \`${deed.action}\` ${afterMs} ms after the fault.`,
    advice: 'Leave the system alone while a run is at work on it, and run again.',
  }
}
