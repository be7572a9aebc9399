/** Writes one event as one JSON line. */
export type Log = (event: string, fields?: Readonly<Record<string, unknown>>) => void

export interface JsonLogOptions {
  readonly who: Readonly<Record<string, string>>
  readonly now: () => Date
  readonly write: (line: string) => void
  /** At most this many lines of one event in a window; what is left out is counted on the next line. */
  readonly linesPerWindow?: number
  readonly windowMs?: number
}

/** A burst of errors must not become a burst of log: during a fault every request may fail alike. */
export function createJsonLog(options: JsonLogOptions): Log {
  const { who, now, write, linesPerWindow = 20, windowMs = 10_000 } = options
  const windows = new Map<string, { startMs: number; written: number; leftOut: number }>()

  return (event, fields = {}) => {
    const at = now()
    let window = windows.get(event)
    const carried = window?.leftOut ?? 0
    if (!window || at.getTime() - window.startMs >= windowMs) {
      window = { startMs: at.getTime(), written: 0, leftOut: carried }
      windows.set(event, window)
    }
    if (window.written >= linesPerWindow) {
      window.leftOut += 1
      return
    }
    window.written += 1
    const leftOut = window.leftOut > 0 ? { left_out: window.leftOut } : {}
    window.leftOut = 0
    write(`${JSON.stringify({ ts: at.toISOString(), ...who, event, ...fields, ...leftOut })}\n`)
  }
}
