import pino from 'pino'

/** Writes one event as one JSON line. */
export type Log = (event: string, fields?: Readonly<Record<string, unknown>>) => void

export interface JsonLogOptions {
  readonly who: Readonly<Record<string, string>>
  readonly now: () => Date
  readonly write: (line: string) => void
  /** Headers whose values no log may hold, beside those that no log ever may. */
  readonly secretHeaders?: readonly string[]
  /** Events of which every line is wanted. */
  readonly unlimited?: readonly string[]
  /** At most this many lines of one event in a window; what is left out is counted on the next line. */
  readonly linesPerWindow?: number
  readonly windowMs?: number
}

const ALWAYS_SECRET = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key']

/** A burst of errors must not become a burst of log: during a fault every request may fail alike. */
export function createJsonLog(options: JsonLogOptions): Log {
  const {
    who,
    now,
    write,
    secretHeaders = [],
    unlimited = [],
    linesPerWindow = 20,
    windowMs = 10_000,
  } = options
  const logger = pino(
    {
      base: { ...who },
      messageKey: 'event',
      timestamp: () => `,"ts":"${now().toISOString()}"`,
      formatters: { level: label => ({ level: label }) },
      redact: {
        paths: [...new Set([...ALWAYS_SECRET, ...secretHeaders])].map(name => `headers["${name}"]`),
        censor: '[redacted]',
      },
    },
    { write },
  )
  const windows = new Map<string, { startMs: number; written: number; leftOut: number }>()

  return (event, fields = {}) => {
    if (unlimited.includes(event)) {
      logger.info(fields, event)
      return
    }
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
    logger.info({ ...fields, ...leftOut }, event)
  }
}
