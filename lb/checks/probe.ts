import { request } from 'node:http'
import { ListeningTimer } from '../time/listening-timer.ts'
import type { LoopLag } from '../time/loop-lag.ts'
import { causeOf } from '../upstream/failure.ts'

export type ProbeResult = { readonly kind: 'passed' } | { readonly kind: 'failed'; readonly cause: string }

export interface ProbeTarget {
  readonly address: string
  readonly port: number
  readonly hostHeader: string
  readonly path: string
  readonly timeoutMs: number
}

const PASSED: ProbeResult = { kind: 'passed' }
const FAILED_AS: Readonly<Record<string, string>> = {
  'connect-refused': 'check-refused',
  'connect-timeout': 'check-timeout',
  unreachable: 'check-unreachable',
  reset: 'check-reset',
  closed: 'check-closed',
}

/**
 * One look at layer 7, on a connection of its own: a frozen process still accepts connections, and a kept one says
 * nothing of whether a new one could be had. Passed: a status of 2xx or 3xx, as HAProxy has it.
 */
export function probe(target: ProbeTarget, lag: LoopLag, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise(resolve => {
    const asked = request({
      agent: false,
      host: target.address,
      port: target.port,
      path: target.path,
      headers: { host: target.hostHeader, 'user-agent': 'zonefall-lb/check', connection: 'close' },
      signal,
    })
    const timer = new ListeningTimer(lag, target.timeoutMs, () =>
      settle({ kind: 'failed', cause: 'check-timeout' }),
    )
    asked.on('response', answer => {
      const status = answer.statusCode ?? 0
      settle(status >= 200 && status < 400 ? PASSED : { kind: 'failed', cause: `check-status ${status}` })
    })
    asked.on('error', error =>
      settle({ kind: 'failed', cause: FAILED_AS[causeOf(error)] ?? 'check-bad-answer' }),
    )
    asked.end()

    function settle(result: ProbeResult): void {
      timer.stop()
      resolve(result)
      asked.destroy()
    }
  })
}
