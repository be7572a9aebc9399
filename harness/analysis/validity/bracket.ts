import { parseSlo } from '../../verdict/slo.ts'
import { phaseStart } from '../frame.ts'
import { proberTrouble } from './prober-trouble.ts'
import type { Evidence, ValidityRule } from './rule.ts'

const WIDEST_MS = 100
const WIDEST_SHARE_OF_LIMIT = 0.1

/**
 * A bracket that is wider than 100 ms and than a tenth of the limit that it is held against decides nothing.
 * Without a limit on the error window there is nothing that it could fail to decide.
 */
export const narrowBracket: ValidityRule = evidence => {
  const { metrics, plan } = evidence
  const window = metrics.error_window_ms.value
  const limits = plan.slos.map(parseSlo).filter(({ metric }) => metric === 'error_window_ms')
  if (window === null || limits.length === 0) return undefined
  const widthMs = window.upper - window.lower
  const tightestMs = Math.min(...limits.map(({ limit }) => limit))
  if (widthMs <= WIDEST_MS || widthMs <= tightestMs * WIDEST_SHARE_OF_LIMIT) return undefined
  const what = `The error window is known to ${widthMs.toFixed(0)} ms only, more than ${WIDEST_MS} ms and more than a tenth of its limit of ${tightestMs} ms.`
  const { cause, advice } = causeOf(evidence, widthMs)
  return { code: 'bracket-too-wide', text: `${what} ${cause}`, advice }
}

/** Silence is noticed at the deadline only, so that a bad probe says little of when; else the prober was late. */
function causeOf({ plan, events, episodes }: Evidence, widthMs: number): { cause: string; advice: string } {
  const { deadlineMs } = plan.probes
  const silent = episodes[0]?.outcomes.deadline ?? 0
  if (silent > 0 && widthMs >= deadlineMs) {
    return {
      cause: `${silent} of its bad probes ended only at their deadline of ${deadlineMs} ms.`,
      advice: 'Shorten the probes’ `deadlineMs`.',
    }
  }
  return {
    cause: proberTrouble(events, phaseStart(events, 'baseline') ?? 0),
    advice: 'Give the machine to this run alone, or probe at a higher rate.',
  }
}
