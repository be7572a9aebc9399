/**
 * What happened in one condition of the system, a line each in `search.ndjson`, in order. Times are µs on the
 * condition's own time line, that of its samples.
 */
export type SearchEvent = Calm | Step | End

/** The system answered as it should at a rate that is no burden. */
export interface Calm {
  readonly type: 'calm'
  readonly atUs: number
  readonly waitedMs: number
  /** Share of all this machine's CPU time that was used meanwhile, 0..1. */
  readonly busy: number
  /** Parts of the answering-instance header's values that were seen. */
  readonly instances: readonly string[]
}

/** One rate, held for a while. What ended from `fromUs` to before `toUs` counts. */
export interface Step {
  readonly type: 'step'
  /** Of both streams together. */
  readonly rate: number
  /** Connections of the load, each with one request under way at most. */
  readonly clients: number
  readonly fromUs: number
  readonly toUs: number
  /** `early`: so much had gone wrong that the rest could not have mended it. */
  readonly ended: 'whole' | 'early'
  /** Share of all this machine's CPU time that was used since the load began, 0..1. */
  readonly busy: number
  /** The longest that the prober stood still. */
  readonly stalledMs: number
}

/** Without it, the condition was cut short. */
export interface End {
  readonly type: 'end'
  readonly how: 'done' | 'not-calm' | 'budget' | 'too-many-steps'
  /** Of `not-calm`: share of all this machine's CPU time that was used while that was waited for, 0..1. */
  readonly busy?: number
}
