import type { Analysis } from '../analysis/analyse.ts'
import type { Held } from './held.ts'

/** What losing a component by one fault means for those who use the system. */
export type Word = 'redundant' | 'degraded' | 'SPOF' | 'inconclusive'

export interface CellVerdict {
  readonly word: Word
  /** Why, in words. */
  readonly reason: string
}

/** docs/audit.md states the rule in full. */
export const RULE = {
  /** Back is who has not lost a probe for so long when the fault is undone. */
  cleanMs: 1000,
  /** Wholly down for longer is no degradation any more, even if the system gets over it by itself. */
  longestOutageMs: 2000,
  /** Most: so much is lost while the fault holds. */
  mostLost: 0.8,
  /** Latency that takes longer to get back into its band is a degradation. */
  slowMs: 1000,
} as const

/** From what was measured of one trial, and nothing else. `held` is `null` when nothing was broken. */
export function judgeCell({ metrics, validity }: Analysis, held: Held | null): CellVerdict {
  if (validity.status === 'invalid')
    return inconclusive(validity.reasons.map(({ text, advice }) => `${text} ${advice}`).join(' '))
  if (held === null || held.lostShare === null)
    return inconclusive('No probe was due while the fault held. Hold it longer with --hold.')
  const { heldMs, lostShare, longestOutageMs, cleanMs } = held
  const isBack = cleanMs >= RULE.cleanMs
  const percent = `${(100 * lostShare).toFixed(0)} %`
  if (!isBack && lostShare >= RULE.mostLost)
    return {
      word: 'SPOF',
      reason: `${percent} of the probes were lost while it held, and nothing got better until it was undone.`,
    }
  if (longestOutageMs > RULE.longestOutageMs)
    return {
      word: 'SPOF',
      reason: `Nothing was answered for ${seconds(longestOutageMs)}, longer than ${seconds(RULE.longestOutageMs)}${isBack ? ', though the system got over it by itself' : ''}.`,
    }
  if (metrics.censored.value !== 0)
    return inconclusive(
      'The system was not steady again when the trial ended: what the fault costs in all is not known. Find out what it waits for; --recovery gives it more time.',
    )
  if (!isBack)
    return inconclusive(
      `${percent} of the probes were lost in the ${seconds(heldMs)} that it held, up to its undoing: whether that would have ended is not known. Hold it longer with --hold.`,
    )
  return mended(metrics)
}

/** What got over the fault while it held: at a price, or at none. */
function mended(metrics: Analysis['metrics']): CellVerdict {
  const lostNew = metrics.lost_new.value ?? 0
  const inFlight = metrics.lost_in_flight.value ?? 0
  const restoredMs = metrics.latency_restored_ms.value
  const lost = inFlight > 0 ? `${inFlight} in flight` : 'no probe'
  if (lostNew > 0)
    return { word: 'degraded', reason: `It cost ${lostNew + inFlight} probes (${inFlight} in flight).` }
  if (restoredMs === null)
    return { word: 'degraded', reason: `It cost ${lost}, but answers were slow to the end.` }
  if (restoredMs > RULE.slowMs)
    return { word: 'degraded', reason: `It cost ${lost}, but answers were slow for ${seconds(restoredMs)}.` }
  return { word: 'redundant', reason: `It cost ${lost}.` }
}

function inconclusive(reason: string): CellVerdict {
  return { word: 'inconclusive', reason }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
