import type { HistoryEvent } from '../../history/event.ts'
import { parseSlo } from '../../verdict/slo.ts'
import type { ValidityRule } from './rule.ts'

const WIDEST_BRACKET_MS = 100
const WIDEST_SHARE_OF_LIMIT = 0.1

export const nothingUnsent: ValidityRule = ({ frame: { probes }, events }) =>
  probes.unsent === 0
    ? undefined
    : {
        code: 'probes-unsent',
        text: `${probes.unsent} probes could not be sent. ${causeOfLateness(events)}`,
        advice: 'Give the machine to this run alone, or lower the rates.',
      }

/** Late probes only widen the bracket; when it is too wide for the limit that it is held against, it decides nothing. */
export const narrowBracket: ValidityRule = ({ metrics, events, plan }) => {
  const window = metrics.error_window_ms.value
  const limits = plan.slos.map(parseSlo).filter(({ metric }) => metric === 'error_window_ms')
  if (window === null || limits.length === 0) return undefined
  const width = window.upper - window.lower
  const tightest = Math.min(...limits.map(({ limit }) => limit))
  if (width <= WIDEST_BRACKET_MS || width <= tightest * WIDEST_SHARE_OF_LIMIT) return undefined
  return {
    code: 'bracket-too-wide',
    text:
      `The error window is known to ${width.toFixed(0)} ms only, which is more than ${WIDEST_BRACKET_MS} ms and more than ` +
      `a tenth of its limit of ${tightest} ms. ${causeOfLateness(events)}`,
    advice: 'Give the machine to this run alone, or raise the limit that matters to you.',
  }
}

/** The bounds on the engine's clock at the start and at the end must have an offset in common. */
export const steadyClock: ValidityRule = ({ events }) => {
  const bounds = events.filter(event => event.type === 'clock')
  const lower = Math.max(...bounds.map(bound => bound.lowerUs))
  const upper = Math.min(...bounds.map(bound => bound.upperUs))
  if (bounds.length >= 2 && lower <= upper) return undefined
  return {
    code: 'clock-drifted',
    text:
      bounds.length < 2
        ? 'The engine’s clock was not bounded at both ends of the run.'
        : `The engine’s clock moved against ours by at least ${((lower - upper) / 1000).toFixed(1)} ms during the run.`,
    advice: 'Was a clock set in mid-run? Run again.',
  }
}

function causeOfLateness(events: readonly HistoryEvent[]): string {
  const health = events.filter(event => event.type === 'prober-health')
  const lateMs = Math.max(0, ...health.map(second => second.maxLateUs)) / 1000
  const delayMs = Math.max(0, ...health.map(second => second.maxLoopDelayUs)) / 1000
  return `Its probes were up to ${lateMs.toFixed(0)} ms late, its event loop up to ${delayMs.toFixed(0)} ms.`
}
