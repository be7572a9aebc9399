import { pause } from '../clock/pause.ts'
import { messageOf } from '../errors/zonefall-error.ts'
import type { BalancerObserver, Standing } from './adapter.ts'
import { PollTracker } from './poll-tracker.ts'

const PERIOD_NS = 50_000_000n
const DEADLINE_MS = 250

/** Asks the balancer how its servers stand. */
export type ReadStandings = (signal: AbortSignal) => Promise<readonly Standing[]>

/**
 * Poll k is due at start + k × 50 ms. There is one at a time: while one waits for its answer, at most until
 * its deadline, those that fall due are left out, and not made up for.
 */
export function polledBalancer(balancer: string, read: ReadStandings): BalancerObserver {
  return {
    balancer,
    async watch(onReport, signal) {
      const startNs = process.hrtime.bigint()
      const tracker = new PollTracker(startNs)
      while (!signal.aborted) {
        const sentNs = process.hrtime.bigint()
        const reports = await read(AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)])).then(
          standings => tracker.answered({ sentNs, receivedNs: process.hrtime.bigint(), standings }),
          (error: unknown) => tracker.failed(reasonOf(error)),
        )
        if (signal.aborted) return
        for (const report of reports) onReport(report)
        await untilNextSlot(startNs, signal)
      }
    },
  }
}

async function untilNextSlot(startNs: bigint, signal: AbortSignal): Promise<void> {
  const sinceNs = process.hrtime.bigint() - startNs
  const waitMs = Number(PERIOD_NS - (sinceNs % PERIOD_NS)) / 1e6
  await pause(waitMs, signal).catch(error => {
    if (!signal.aborted) throw error
  })
}

function reasonOf(error: unknown): string {
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')
    ? `no answer within ${DEADLINE_MS} ms`
    : messageOf(error)
}
