/** One JSON object a line. */
export type Log = (event: string, facts?: Readonly<Record<string, unknown>>) => void

export function createLog(write: (line: string) => void, now: () => Date): Log {
  return (event, facts = {}) => write(`${JSON.stringify({ at: now().toISOString(), event, ...facts })}\n`)
}

/**
 * At most so many lines a second; what is left out is counted in the next line that is written. A server that dies
 * under load fails thousands of requests, and a log that grows with the load becomes part of the outage.
 */
export function limitLog(log: Log, perSecond: number, nowMs: () => number): Log {
  let windowMs = 0
  let written = 0
  let suppressed = 0
  return (event, facts = {}) => {
    if (nowMs() - windowMs >= 1_000) {
      windowMs = nowMs()
      written = 0
    }
    if (written >= perSecond) {
      suppressed += 1
      return
    }
    written += 1
    log(event, suppressed > 0 ? { ...facts, suppressed } : facts)
    suppressed = 0
  }
}
