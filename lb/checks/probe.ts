import { request } from 'node:http'
import { ListeningTimer } from '../time/listening-timer.ts'
import type { LoopLag } from '../time/loop-lag.ts'
import { causeOf } from '../upstream/failure.ts'

export type ProbeResult =
  | { readonly kind: 'passed'; readonly status: number }
  | {
      readonly kind: 'failed'
      readonly cause: string
      /** How far it got: without a connection 4, with one 7. */
      readonly layer: 4 | 7
      readonly status?: number
    }

export interface ProbeTarget {
  readonly address: string
  readonly port: number
  readonly hostHeader: string
  readonly path: string
  readonly timeoutMs: number
}

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
    let layer: 4 | 7 = 4
    asked.on('socket', socket =>
      socket.once('connect', () => {
        layer = 7
      }),
    )
    const timer = new ListeningTimer(lag, target.timeoutMs, () =>
      settle({ kind: 'failed', cause: 'check-timeout', layer }),
    )
    asked.on('response', answer => {
      const status = answer.statusCode ?? 0
      settle(
        status >= 200 && status < 400
          ? { kind: 'passed', status }
          : { kind: 'failed', cause: `check-status ${status}`, layer, status },
      )
    })
    asked.on('error', error =>
      settle({ kind: 'failed', cause: FAILED_AS[causeOf(error)] ?? 'check-bad-answer', layer }),
    )
    asked.end()

    function settle(result: ProbeResult): void {
      timer.stop()
      resolve(result)
      asked.destroy()
    }
  })
}
