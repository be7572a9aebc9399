import type { z } from 'zod'
import type { Engine } from '../docker/engine.ts'
import type { ContainerRef } from '../history/event.ts'
import type { UndoEntry } from '../undo/undo-entry.ts'

/**
 * A fault: one file in this folder and one line in the catalogue. Lifecycle:
 *
 *   arm ─> record undo ─> inject ─> verify ─> (held) ─> heal ─> verifyHealed ─> disarm
 *
 * `arm` prepares whatever takes time, so that `inject` is one message. `undo` is written to the journal
 * before `inject`; carrying it out must be right at any moment after that, any number of times.
 */
export interface Fault<Parameters = unknown> {
  readonly kind: string
  /** One line for `zonefall faults`. */
  readonly summary: string
  /** What an experiment may say of it beside its kind. Each has a default and a description. */
  readonly parameters: z.ZodType<Parameters>
  /** How traffic must change if it took hold: what a trial's validity is held against. */
  effect(parameters: Parameters): FaultEffect
  /** What the engine's events tell of the target by the fault's own doing, until it is healed. Any other deed is somebody else's. */
  readonly tells: readonly string[]
  /** What it needs of the engine, in words. */
  readonly needs: string
  /** What it does where that is not to be had, in words. */
  readonly fallsBackTo?: string
  /** What stands in the target's place afterwards; by default the target itself. */
  readonly leaves?: 'another container of the same configuration'
  /**
   * The part of the target that it needs for itself while it is on, e.g. `network`: faults on one container at the
   * same time must not need the same. Without it, it needs the whole container, alive and as it is.
   */
  readonly occupies?: string
  /** Where it comes to several targets one after another, each when the one before is ready. By default by the clock. */
  rollOut?(parameters: Parameters): RollOut | undefined
  arm(target: FaultTarget, engine: FaultEngine, parameters: Parameters): Promise<ArmedFault>
}

/**
 * `silence`: the target answers nothing from the fault until it can be up again. `impaired`: some of what goes
 * through it fails, is late, or goes elsewhere. `slowerByMs`: what it still answers takes at least so much
 * longer. `none-in-traffic`: it may well show in nothing that a client sees; reading it back is all the proof.
 */
export type FaultEffect = 'silence' | 'impaired' | 'none-in-traffic' | { readonly slowerByMs: number }

/** `to-all`: the trial is not what it was to be if one does not turn ready. `until-unready`: that is to be expected. */
export type RollOut = 'to-all' | 'until-unready'

export interface ArmedFault {
  readonly undo: readonly UndoEntry[]
  inject(): Promise<void>
  /** Reads back from the engine that it took hold. */
  verify(signal: AbortSignal): Promise<Verification>
  /** In a roll-out: whether the target does its work again, known after a time that the fault sets itself. */
  ready?(signal: AbortSignal): Promise<Verification>
  /** Undoes it now, as planned; the journal's entries do the same if this never comes. */
  heal(): Promise<void>
  verifyHealed(signal: AbortSignal): Promise<Verification>
  /** Removes its helpers. Idempotent. */
  disarm(): Promise<void>
}

export interface FaultTarget {
  readonly id: string
  readonly name: string
  readonly project: string
  /** All containers of the project, for faults that lie between the target and others. */
  readonly system: readonly ContainerRef[]
}

export interface Verification {
  readonly ok: boolean
  /** What was read back, in words. */
  readonly detail: string
}

/** What a fault may ask of the engine. */
export type FaultEngine = Pick<Engine, 'info' | 'containers' | 'armHelper' | 'standHelper'>
