/**
 * How a request ended.
 *
 *     whole         answered, the server's answer or the balancer's own to the last byte
 *     cut           a server began an answer and did not end it
 *     client-gone   the client left before that
 */
export type Ending = 'whole' | 'cut' | 'client-gone'

/** How far it had come, in HAProxy's words: read, queued, connecting, waiting for the answer's head, for its body. */
export type Phase = 'request' | 'queue' | 'connect' | 'headers' | 'data'

/** One request when all is over. Spans in milliseconds, `undefined` where it did not come so far. */
export interface EndedRequest {
  /** When its head was complete, on the wall clock. */
  readonly atMs: number
  /** By which servers and client know it; `undefined`: it has none. */
  readonly id: string | undefined
  readonly client: string
  readonly method: string
  readonly url: string
  /** That answered, or failed last. */
  readonly server: string | undefined
  /** What the client was told; 0 if nothing. */
  readonly status: number
  readonly ending: Ending
  readonly phase: Phase
  /** Why the balancer answered by itself, or why the answer was cut. */
  readonly reason: string | undefined
  readonly retries: number
  readonly redispatches: number
  readonly hedges: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** From the connection's acceptance to the head's end; of its first request only. */
  readonly requestMs: number | undefined
  /** Until a server was found for it. */
  readonly queueMs: number | undefined
  /** Until it could be sent to the one that answered, failed attempts included; 0 on a kept connection at once. */
  readonly connectMs: number | undefined
  /** From there to the answer's head. */
  readonly answerMs: number | undefined
  /** From `atMs` to the last byte. */
  readonly totalMs: number
}
