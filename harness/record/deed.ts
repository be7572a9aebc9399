import type { ContainerRef } from '../history/event.ts'

/** What was done to a container, or became of it, on the trial's clock; `told` by the engine's event stream. */
export interface Deed {
  /** The one in whose place it stands, if it was made anew. */
  readonly container: ContainerRef
  readonly atUs: number
  readonly errorUs: number
  /** As `EngineDeed` has it. */
  readonly action: string
  readonly signal?: number
  readonly exitCode?: number
  readonly network?: string
  /** Of `update`: the limits that are other ones now, by the engine's own names. */
  readonly limits?: Readonly<Record<string, { readonly before: string; readonly after: string }>>
}

/** What the deeds of one container amount to: a fault, from one instant to another. */
export interface ToldStrike {
  readonly kind: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly target: ContainerRef
  readonly began: Instant
  /** When its undoing was asked for; `null` if it was not. */
  readonly ended: Instant | null
  /** What the engine told, in words. */
  readonly told: string
}

export interface Instant {
  readonly atUs: number
  readonly errorUs: number
}

export interface Told {
  /** In order of their beginnings. */
  readonly strikes: readonly ToldStrike[]
  /** What was done and is no strike, or not all of one; a sentence for each. */
  readonly untold: readonly string[]
}
