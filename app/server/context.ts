import type { Behaviour } from '../behaviour/behaviour.ts'
import type { Log } from '../log/json-log.ts'

/** Who this app is, on every answer. */
export interface Identity {
  readonly name: string
  readonly zone: string
  /** The container's id: its host name. */
  readonly container: string
}

/** What the routes share. `phase` and `behaviour` change while the app runs. */
export interface AppContext {
  readonly identity: Identity
  readonly log: Log
  /** 0 to 1, decides who meets an error. */
  readonly random: () => number
  phase: 'serving' | 'draining'
  behaviour: Behaviour
  /** Requests served by default answer or echo since the start. */
  served: number
}
