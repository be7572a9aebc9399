/**
 * Everything that happened in a trial and is not a sample, one line each in `events.ndjson`, in the
 * order in which the harness learnt of it. `atUs` is microseconds since the trial's origin on the
 * monotonic clock: for what another machine's clock stamped (Docker, the balancer) it is the best
 * estimate, and `errorUs` is half the width of the interval that the instant certainly lies in.
 */
export type HistoryEvent =
  /** A phase of the trial begins; it lasts until the next `phase`. */
  | (At & { readonly type: 'phase'; readonly phase: Phase })
  /** An interval, not a point: the fault was asked for at `atUs` and confirmed at `returnedUs`. */
  | (At & {
      readonly type: 'fault'
      readonly action: 'inject' | 'heal'
      readonly fault: string
      readonly container: ContainerRef
      /** Its place among the plan's strikes; a plan of one fault has none. */
      readonly strike?: number
      readonly returnedUs: number
    })
  /** What the engine read back about a fault that should have taken hold (or healed). */
  | (At & {
      readonly type: 'fault-verified'
      readonly action: 'inject' | 'heal'
      readonly container: ContainerRef
      readonly strike?: number
      readonly ok: boolean
      readonly detail: string
    })
  /** In a roll-out: whether a target was ready again, for the next one to be struck. */
  | (At & {
      readonly type: 'roll-out'
      readonly container: ContainerRef
      readonly strike: number
      readonly ok: boolean
      readonly detail: string
    })
  /** A planned strike that did not come, and why. */
  | (At & {
      readonly type: 'strike-withheld'
      readonly container: ContainerRef
      readonly strike: number
      readonly reason: string
    })
  /** The engine's own record: its event stream (`kill`, `die`, `start`, `health_status: healthy` …) or `FinishedAt`. */
  | (At & {
      readonly type: 'engine'
      readonly action: string
      readonly container: ContainerRef
      readonly exitCode?: number
    })
  /**
   * Another container was started in the place of `container`: the same service and number, with this id. From
   * here on what the engine and the balancer tell of it is told as of `container`.
   */
  | (At & { readonly type: 'replacement'; readonly container: ContainerRef; readonly id: string })
  /**
   * A server's state as the balancer told it; `server` is that balancer's own name for it. A container may be
   * several servers, of several backends or balancers, and a server may become another container.
   */
  | (At & {
      readonly type: 'balancer'
      /** The balancer's container's name. */
      readonly balancer: string
      readonly server: string
      /** Where it sends that server's traffic, if it tells. */
      readonly address: string | null
      readonly container: ContainerRef | null
      readonly state: ServerState
      readonly cause: string
    })
  /** From here on a balancer's changes are all told (`watched`), or not known (`lost`). */
  | (At & {
      readonly type: 'balancer-watch'
      readonly balancer: string
      readonly state: 'watched' | 'lost'
      readonly detail: string
    })
  /** A new value of the answering-instance header got this index; samples carry the index. */
  | (At & { readonly type: 'instance'; readonly index: number; readonly value: string })
  /** The engine's clock against ours, from round trips of `GET /info`: engine wall time − our wall time lies in [lower, upper]. */
  | (At & { readonly type: 'clock'; readonly lowerUs: number; readonly upperUs: number })
  /** How well the prober kept its own schedule in the second that ended at `atUs`. */
  | (At & {
      readonly type: 'prober-health'
      readonly sent: number
      readonly unsent: number
      readonly maxLateUs: number
      readonly maxLoopDelayUs: number
    })
  /** Nothing was broken, since the baseline was not the steady state; why. */
  | (At & { readonly type: 'fault-withheld'; readonly reason: string })
  /** Something that a person reading the history should know. */
  | (At & { readonly type: 'note'; readonly text: string })

interface At {
  readonly atUs: number
  readonly errorUs?: number
}

/** warm-up → baseline → fault (held) → recovery (after healing) → done */
export type Phase = 'warm-up' | 'baseline' | 'fault' | 'recovery' | 'done'

export type ServerState = 'up' | 'down' | 'drain'

export interface ContainerRef {
  /** Full container id. */
  readonly id: string
  readonly name: string
  readonly service: string | null
  readonly zone: string | null
  readonly tier: string | null
}
