import type { BalancerObserver, BalancerReport } from '../adapter.ts'

/** For tests: an observer at work, and what it has reported. */
export interface WatchedReports extends AsyncDisposable {
  /** The first report, told already or still to come, that `matches`. */
  until<Wanted extends BalancerReport>(matches: (report: BalancerReport) => report is Wanted): Promise<Wanted>
}

export function watchReports(observer: BalancerObserver): WatchedReports {
  const stopped = new AbortController()
  const reports: BalancerReport[] = []
  const waiters = new Set<() => void>()
  const ended = observer.watch(report => {
    reports.push(report)
    for (const look of waiters) look()
  }, stopped.signal)
  return {
    async until<Wanted extends BalancerReport>(matches: (report: BalancerReport) => report is Wanted) {
      const met = Promise.withResolvers<Wanted>()
      const look = () => {
        const found = reports.find(matches)
        if (found) met.resolve(found)
      }
      waiters.add(look)
      look()
      const early = ended.then(() => Promise.reject(new Error(`it ended after ${reports.length} reports`)))
      const report = await Promise.race([met.promise, early])
      waiters.delete(look)
      return report
    },
    async [Symbol.asyncDispose]() {
      stopped.abort()
      await ended
    },
  }
}
