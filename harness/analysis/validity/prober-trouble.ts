import type { HistoryEvent } from '../../history/event.ts'

/** How well the prober was served from the baseline on, as the likely cause of what is wrong with its probes. */
export function proberTrouble(events: readonly HistoryEvent[], fromUs: number): string {
  let lateUs = 0
  let delayUs = 0
  for (const event of events) {
    if (event.type !== 'prober-health' || event.atUs < fromUs) continue
    lateUs = Math.max(lateUs, event.maxLateUs)
    delayUs = Math.max(delayUs, event.maxLoopDelayUs)
  }
  return `The prober sent up to ${wholeMs(lateUs)} ms late, and its event loop was held up for up to ${wholeMs(delayUs)} ms.`
}

function wholeMs(us: number): string {
  return (us / 1000).toFixed(0)
}
