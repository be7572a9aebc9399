import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { pause } from '../clock/pause.ts'
import { messageOf } from '../errors/zonefall-error.ts'
import type { BalancerAdapter, BalancerReport } from './adapter.ts'
import { publishedPort } from './published-port.ts'
import { StreamTracker } from './stream-tracker.ts'

const RETRY_MS = 200
/** It sends a line a second at least. */
const SILENCE_MS = 2500

/**
 * Zonefall's own balancer: its admin port streams every change of a server's state with its time, one JSON
 * object a line, and a heartbeat every second. A stream that breaks is opened again: the balancer itself may
 * be what was restarted, and it may be at another port then.
 */
export const zonefallBalancer: BalancerAdapter = (container, inspect) => {
  if (container.labels['zonefall.balancer'] !== 'zonefall') return undefined
  return {
    balancer: container.name,
    async watch(onReport, signal) {
      const tracker = new StreamTracker(process.hrtime.bigint())
      while (!signal.aborted) {
        const reason = await follow(
          async () => publishedPort(await inspect(), 'zonefall.admin-port'),
          line => report(tracker.line(line), onReport),
          signal,
        )
        if (signal.aborted) return
        report(tracker.ended(reason), onReport)
        await pause(RETRY_MS, signal).catch(() => undefined) // aborted: looked at above
      }
    },
  }
}

/** Resolves with why the stream ended. */
async function follow(
  locate: () => Promise<{ host: string; port: number }>,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), SILENCE_MS)
  const either = AbortSignal.any([signal, silence.signal])
  try {
    const { host, port } = await locate()
    const answer = await fetch(`http://${host}:${port}/v1/events`, { signal: either })
    if (!answer.ok || !answer.body) return `its event stream answered ${answer.status}`
    const input = Readable.fromWeb(answer.body as ReadableStream, { signal: either })
    for await (const line of createInterface({ input })) {
      timer.refresh()
      onLine(line)
    }
    return 'its event stream ended'
  } catch (error) {
    return silence.signal.aborted ? `nothing was heard of it for ${SILENCE_MS} ms` : causeOf(error)
  } finally {
    clearTimeout(timer)
  }
}

function report(reports: readonly BalancerReport[], onReport: (report: BalancerReport) => void): void {
  for (const one of reports) onReport(one)
}

/** `fetch` says no more than "fetch failed"; its cause does. */
function causeOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause ? error.cause : error)
}
