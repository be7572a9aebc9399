/** Milliseconds that are left for the answer's head. A span and not a time: two machines' clocks differ. */
export const DEADLINE_HEADER = 'x-request-deadline-ms'

export type AskedDeadline = { readonly ms: number } | 'none' | 'malformed'

/** What the client still has, as it says. */
export function readDeadline(header: string | string[] | undefined): AskedDeadline {
  if (header === undefined) return 'none'
  if (typeof header !== 'string' || !/^\d{1,9}$/.test(header)) return 'malformed'
  return { ms: Number(header) }
}

/**
 * Until when there must be the head of an answer: all attempts, queues and connects together.
 *
 *     client's:   request arrives ─────────────── x-request-deadline-ms ──> 504
 *     upstream's:        body is here whole ───────── upstream.deadline ──> 504
 *
 * The upstream's runs only once the body is here: how slowly a client sends is no fault of the apps.
 */
export class Deadline {
  readonly #askedAtMs: number
  readonly #upstreamMs: number
  #runningSinceMs: number | undefined

  constructor(nowMs: number, upstreamMs: number, asked: AskedDeadline) {
    this.#askedAtMs = typeof asked === 'object' ? nowMs + asked.ms : Number.POSITIVE_INFINITY
    this.#upstreamMs = upstreamMs
  }

  /** The body is here whole; said again, it changes nothing. */
  bodyComplete(nowMs: number): void {
    this.#runningSinceMs ??= nowMs
  }

  /** Infinite when the client asked for none. */
  askedLeftMs(nowMs: number): number {
    return this.#askedAtMs - nowMs
  }

  leftMs(nowMs: number): number {
    const since = this.#runningSinceMs ?? nowMs
    return Math.min(this.askedLeftMs(nowMs), since + this.#upstreamMs - nowMs)
  }

  /** Timers may be a millisecond early, so with less than two left it has passed. */
  hasPassed(nowMs: number): boolean {
    return this.leftMs(nowMs) < 2
  }

  /**
   * What one attempt is given from the last byte of the request on. `short`: so little that its passing says
   * nothing of the app, since it is the client's haste, or what earlier attempts have left.
   */
  forAnswer(nowMs: number, usualMs: number): { readonly ms: number; readonly span: 'fair' | 'short' } {
    const fairMs = Math.min(usualMs, this.#upstreamMs)
    const ms = Math.max(0, Math.min(usualMs, this.leftMs(nowMs)))
    const byClient = this.askedLeftMs(nowMs) <= ms
    return { ms, span: byClient || ms < fairMs / 2 ? 'short' : 'fair' }
  }
}
