import type { HistoryEvent } from '../../history/event.ts'
import type { Frame } from '../frame.ts'
import type { Struck } from '../struck.ts'
import { struckFromUs, undoneUs } from '../up-again.ts'
import { watchedStrikes } from '../watched-targets.ts'
import type { ValidityRule } from './rule.ts'

type EngineEvent = Extract<HistoryEvent, { type: 'engine' }>

/** What the engine tells when somebody does something to a container; `die` and the like only follow from that. */
const DEEDS = new Set(['start', 'restart', 'stop', 'kill', 'pause', 'unpause', 'update', 'destroy'])

/**
 * While a fault is on, only the faults act on its target. Results from before faults said what the engine
 * tells of them are not held against this.
 */
export const undisturbed: ValidityRule = ({ events, frame }) => {
  const strikes = watchedStrikes(frame)
  for (const struck of strikes) {
    const { target, fault } = struck.strike
    if (fault.tells === undefined) continue
    const others = strikes.filter(other => other !== struck && other.strike.target.id === target.id)
    const deed = events.find(
      (event): event is EngineEvent =>
        event.type === 'engine' &&
        event.container.id === target.id &&
        DEEDS.has(event.action) &&
        isWhileOn(event, frame, struck) &&
        !fault.tells?.includes(event.action) &&
        !others.some(other => isDoneBy(other, event)),
    )
    if (!deed) continue
    const fromUs = struck.call === frame.struck[0]?.call ? frame.fault.atUs : (struck.call?.atUs ?? 0)
    const afterMs = Math.round((deed.atUs - fromUs) / 1000)
    return {
      code: 'disturbed',
      text: `Somebody else acted on ${target.name} while the fault was on: the engine tells of \`${deed.action}\` ${afterMs} ms after the fault.`,
      advice: 'Leave the system alone while a run is at work on it, and run again.',
    }
  }
  return undefined
}

function isWhileOn({ atUs, errorUs = 0 }: EngineEvent, frame: Frame, struck: Struck): boolean {
  const healUs = undoneUs(frame, struck) ?? frame.endUs
  return atUs - errorUs > struckFromUs(frame, struck) && atUs + errorUs < healUs
}

/** Of another fault on the same container at the same time: what it does itself, and whatever its healing takes. */
function isDoneBy(
  { call, heal, mendedUs, strike }: Struck,
  { action, atUs, errorUs = 0 }: EngineEvent,
): boolean {
  if (!call || atUs + errorUs < call.atUs) return false
  const isHealing = heal !== null && atUs + errorUs >= heal.atUs
  if (!isHealing) return strike.fault.tells === undefined || strike.fault.tells.includes(action)
  return atUs - errorUs <= (mendedUs ?? Number.POSITIVE_INFINITY)
}
