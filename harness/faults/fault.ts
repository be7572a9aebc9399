import type { Engine } from '../docker/engine.ts'
import type { UndoEntry } from '../undo/undo-entry.ts'

/**
 * A fault: one file in this folder and one line in the catalogue. Lifecycle:
 *
 *   arm ─> record undo ─> inject ─> verify ─> (held) ─> heal ─> verifyHealed ─> disarm
 *
 * `arm` prepares whatever takes time, so that `inject` is one message. `undo` is written to the journal
 * before `inject`; carrying it out must be right at any moment after that, any number of times.
 */
export interface Fault {
  readonly kind: string
  /** One line for `zonefall faults`. */
  readonly summary: string
  /** How traffic must change if it took hold: what a trial's validity is held against. */
  readonly effect: FaultEffect
  /** What the engine's events tell of the target by the fault's own doing, until it is healed. Any other deed is somebody else's. */
  readonly tells: readonly string[]
  /** What it needs of the engine, in words. */
  readonly needs: string
  arm(target: FaultTarget, engine: FaultEngine): Promise<ArmedFault>
}

/** `silence`: the target answers nothing from the fault until it has been started again. */
export type FaultEffect = 'silence'

export interface ArmedFault {
  readonly undo: readonly UndoEntry[]
  inject(): Promise<void>
  /** Reads back from the engine that it took hold. */
  verify(signal: AbortSignal): Promise<Verification>
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
}

export interface Verification {
  readonly ok: boolean
  /** What was read back, in words. */
  readonly detail: string
}

/** What a fault may ask of the engine. */
export type FaultEngine = Pick<Engine, 'containers' | 'armHelper'>
