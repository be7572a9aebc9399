import type { Fault } from '../faults/fault.ts'
import { targetsOf } from '../plan/trial-plan.ts'
import { FaultOnTarget, type Surroundings } from './fault-on-target.ts'

/** One fault on all targets of a plan at once, each with its own part of journal and history. */
export class FaultOnTargets {
  readonly #faults: readonly FaultOnTarget[]

  private constructor(faults: readonly FaultOnTarget[]) {
    this.#faults = faults
  }

  /** Errors: FAULT_FAILED. */
  static async arm(fault: Fault, around: Surroundings): Promise<FaultOnTargets> {
    const armed: FaultOnTarget[] = []
    try {
      for (const target of targetsOf(around.plan))
        armed.push(await FaultOnTarget.arm(fault, { ...around, plan: { ...around.plan, target } }))
    } catch (error) {
      await together(armed, one => one.disarm())
      throw error
    }
    return new FaultOnTargets(armed)
  }

  inject(signal: AbortSignal): Promise<void> {
    return together(this.#faults, one => one.inject(signal))
  }

  heal(signal: AbortSignal): Promise<void> {
    return together(this.#faults, one => one.heal(signal))
  }

  disarm(): Promise<void> {
    return together(this.#faults, one => one.disarm())
  }
}

/** Waits for all of them even when one fails: what is still under way must not come after the undoing. */
async function together(
  faults: readonly FaultOnTarget[],
  act: (fault: FaultOnTarget) => Promise<void>,
): Promise<void> {
  const results = await Promise.allSettled(faults.map(act))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
