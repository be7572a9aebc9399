import type { LoadSettings, ProbeSettings } from '../experiment/experiment.ts'

/** What the harness and a traffic process say to each other over IPC (serialization `advanced`). */
export interface TrafficSettings {
  readonly url: string
  /** Origin of all times, on the monotonic clock that all processes of a machine share. */
  readonly originNs: bigint
  readonly instanceHeader: string
  /** Whatever happens, no request is sent after this. */
  readonly mostMs: number
  readonly probes: ProbeSettings
  readonly load: LoadSettings
  /** Fixes the places in their periods at which the load's clients send; without it they are drawn by chance. */
  readonly seed?: number
}

export type ToTraffic =
  | { readonly type: 'start'; readonly settings: TrafficSettings }
  | { readonly type: 'stop' }

export type FromTraffic =
  | { readonly type: 'started' }
  /** Whole rows, as sample-row.ts encodes them. */
  | { readonly type: 'rows'; readonly rows: Uint8Array }
  /** Comes before the first row that uses the index. */
  | { readonly type: 'instance'; readonly index: number; readonly value: string }
  | {
      readonly type: 'health'
      readonly atUs: number
      readonly sent: number
      readonly unsent: number
      readonly maxLateUs: number
      readonly maxLoopDelayUs: number
    }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'done' }
