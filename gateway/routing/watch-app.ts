import type { App } from './app.ts'
import { type CheckOptions, checkApp } from './check-app.ts'

export interface WatchOptions extends CheckOptions {
  readonly periodMs: number
  readonly signal: AbortSignal
  /** Monotonic milliseconds. */
  readonly nowMs: () => number
}

/** Checks an app once a period, until aborted; resolves when the first check has its verdict. */
export async function watchApp(app: App, options: WatchOptions): Promise<void> {
  const { periodMs, signal, nowMs } = options
  const startMs = nowMs()
  const checkOnce = async () => {
    const evidence = await checkApp(app.spec, options)
    if (signal.aborted) return
    app.saw(evidence)
    // Periods missed by a slow check are left out, not made up for.
    const nextMs = periodMs - ((nowMs() - startMs) % periodMs)
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      void checkOnce()
    }, nextMs)
    const stop = () => clearTimeout(timer)
    signal.addEventListener('abort', stop, { once: true })
  }
  await checkOnce()
}
