import { maxAnswerBytes, maxLatencyMs } from './behaviour.ts'

/** What one request asks for in its query; latency comes on top of the set one. */
export interface RequestWishes {
  readonly latencyMs: number
  readonly status: number
  readonly sizeBytes: number
}

const allowed = {
  latency_ms: { min: 0, max: maxLatencyMs, usual: 0 },
  status: { min: 200, max: 599, usual: 200 },
  size: { min: 0, max: maxAnswerBytes, usual: 0 },
} as const

/** Reads `?latency_ms=&status=&size=`; a value out of bounds is refused rather than bent into them. */
export function readWishes(query: URLSearchParams): { ok: RequestWishes } | { wrong: string } {
  const values = { latency_ms: 0, status: 200, size: 0 }
  for (const key of ['latency_ms', 'status', 'size'] as const) {
    const text = query.get(key)
    const { min, max, usual } = allowed[key]
    const value = text === null ? usual : Number(text)
    if (text !== null && (!/^\d{1,9}$/.test(text) || value < min || value > max)) {
      return { wrong: `${key} must be a whole number from ${min} to ${max}` }
    }
    values[key] = value
  }
  return { ok: { latencyMs: values.latency_ms, status: values.status, sizeBytes: values.size } }
}
