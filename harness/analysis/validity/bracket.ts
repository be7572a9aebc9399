import { compare } from '../../verdict/compare.ts'
import { parseSlo } from '../../verdict/slo.ts'
import { phaseStart } from '../frame.ts'
import { proberTrouble } from './prober-trouble.ts'
import type { Evidence, ValidityRule } from './rule.ts'

const WIDEST_MS = 100
const WIDEST_SHARE_OF_LIMIT = 0.1

/**
 * A bracket that is wider than 100 ms and than a tenth of the limit that it is held against decides nothing,
 * unless all of it is beyond the limit: then the failure is certain, and must not be repeated until it passes.
 * Without a limit on the error window there is nothing that it could fail to decide.
 */
export const narrowBracket: ValidityRule = evidence => {
  const { metrics, plan } = evidence
  const window = metrics.error_window_ms.value
  const limits = plan.slos.map(parseSlo).filter(({ metric }) => metric === 'error_window_ms')
  if (window === null || limits.length === 0) return undefined
  if (limits.some(({ operator, limit }) => compare(window, operator, limit) === 'violated')) return undefined
  const widthMs = window.upper - window.lower
  const tightestMs = Math.min(...limits.map(({ limit }) => limit))
  if (widthMs <= WIDEST_MS || widthMs <= tightestMs * WIDEST_SHARE_OF_LIMIT) return undefined
  const what = `The error window is known to ${widthMs.toFixed(0)} ms only, more than ${WIDEST_MS} ms and more than a tenth of its limit of ${tightestMs} ms.`
  const { cause, advice } = causeOf(evidence, widthMs)
  return { code: 'bracket-too-wide', text: `${what} ${cause}`, advice }
}

/** What a bracket is made of: where there is silence, the deadline; else lateness, and the time that answers take. */
function causeOf({ plan, events, episodes, frame }: Evidence, widthMs: number): Cause {
  const { deadlineMs } = plan.probes
  const silent = episodes[0]?.outcomes.deadline ?? 0
  if (silent > 0 && widthMs >= deadlineMs) {
    return {
      cause: `${silent} of its bad probes ended only at their deadline of ${deadlineMs} ms.`,
      advice: 'Shorten the probes’ `deadlineMs`.',
    }
  }
  const trouble = proberTrouble(events, phaseStart(events, 'baseline') ?? 0)
  const p99Ms = frame.baselineP99Ms ?? 0
  return {
    cause: `${trouble} Before the fault the p99 of answers was ${p99Ms.toFixed(0)} ms.`,
    advice:
      'Give the machine to this run alone; if answers take long even so, probe a path that is answered sooner.',
  }
}

interface Cause {
  readonly cause: string
  readonly advice: string
}
