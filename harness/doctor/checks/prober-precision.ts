import { keepSchedule } from '../../traffic/prober/schedule.ts'
import type { Check } from '../check.ts'
import { type Finding, fine, limited } from '../finding.ts'

const LENGTH_MS = 500
const PERIOD_NS = 10_000_000n
/** What a probe is late by widens the bracket of what it sees by as much. */
const LATEST_MS = 5

/** The prober's own schedule, at its default rate, with nothing to send. */
export const proberPrecision: Check = {
  name: 'prober’s schedule',
  pace: 'alone',
  run: async (_context, signal) => judgePrecision(await measureLatenessMs(signal)),
}

/** How late each of the probes of half a second would have been. */
function measureLatenessMs(signal: AbortSignal): Promise<number[]> {
  const { promise, resolve } = Promise.withResolvers<number[]>()
  const end = new AbortController()
  const lateMs: number[] = []
  const startNs = process.hrtime.bigint() + PERIOD_NS
  const count = Math.round((LENGTH_MS * 1e6) / Number(PERIOD_NS))
  keepSchedule({
    startNs,
    periodNs: PERIOD_NS,
    signal: AbortSignal.any([end.signal, signal]),
    onDue: (_k, dueNs) => {
      lateMs.push(Number(process.hrtime.bigint() - dueNs) / 1e6)
      if (lateMs.length < count) return
      end.abort()
      resolve(lateMs)
    },
  })
  return promise
}

export function judgePrecision(lateMs: readonly number[]): Finding {
  const sorted = [...lateMs].sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)]
  const latest = sorted.at(-1)
  if (median === undefined || latest === undefined) throw new Error('no probe became due')
  const what = `late by ${median.toFixed(2)} ms in the median, ${latest.toFixed(1)} ms at most (${sorted.length} probes in ${LENGTH_MS / 1000} s)`
  if (latest <= LATEST_MS) return fine(what)
  return limited(what, 'Brackets are wider by as much; give the machine to the run alone.')
}
