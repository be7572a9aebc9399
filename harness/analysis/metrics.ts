/** What one trial measured. docs/measurement.md explains the words. Times in milliseconds. */
export interface Metrics {
  readonly error_window_ms: Measured<Bracketed>
  /** Σ of 100 ms bins (by due time) with probes due but no good one. */
  readonly outage_ms: Measured<number>
  /** Σ of 100 ms bins with some good and some bad probes. */
  readonly degraded_ms: Measured<number>
  readonly lost_requests: Measured<number>
  /** Σ bad ÷ rate: the loss as if everything had been down for that long. */
  readonly lost_ms: Measured<number>
  /** Bad probes that were in flight at the fault instant, and those sent after it. Sums to `lost_requests`. */
  readonly lost_in_flight: Measured<number>
  readonly lost_new: Measured<number>
  /** Share of all probes from the fault on that were bad, 0..1. */
  readonly bad_share: Measured<number>
  readonly detection_ms: Measured<Bracketed>
  readonly recovery_ms: Measured<number>
  /** Times the system was back in steady state and left it again. */
  readonly flaps: Measured<number>
  /** 1 if the run ended outside the steady state, else 0. */
  readonly censored: Measured<number>
  readonly latency_restored_ms: Measured<number>
  readonly capacity_restored_ms: Measured<number>
  readonly p99_ms: Measured<{
    readonly before: number
    readonly during: number | null
    readonly after: number | null
  }>
  /**
   * Share of good answers by container name (0..1) of the target's peers, before the fault and while it was
   * held; `growth`: by how much each survivor's grew, 0.5 for half as much again.
   */
  readonly share: Measured<{ readonly before: Shares; readonly during: Shares; readonly growth: Shares }>
}

export type Shares = Readonly<Record<string, number>>

/** A value and the interval that the truth certainly lies in. */
export interface Bracketed {
  readonly value: number
  readonly lower: number
  readonly upper: number
}

/**
 * A metric that could not be measured is `null` with a reason, never 0. `atLeast`: the run ended first, but so
 * much is certain. `bounds`: the truth lies between them, where the value itself is a plain number.
 */
export type Measured<T> =
  | { readonly value: T; readonly bounds?: { readonly lower: number; readonly upper: number } }
  | { readonly value: null; readonly reason: string; readonly atLeast?: number }
