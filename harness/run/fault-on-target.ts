import type { TrialClock } from '../clock/trial-clock.ts'
import type { Engine } from '../docker/engine.ts'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import type { ArmedFault, Fault, Verification } from '../faults/fault.ts'
import type { ContainerRef, HistoryEvent } from '../history/event.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'
import type { UndoJournal } from '../undo/journal.ts'

export interface Surroundings {
  readonly plan: TrialPlan
  readonly project: string
  /** All containers of the project. */
  readonly references: readonly ContainerRef[]
  readonly engine: Engine
  readonly journal: UndoJournal
  readonly clock: TrialClock
  readonly record: (event: HistoryEvent) => void
}

/** A fault on its target, with the journal written before it and the history after it. */
export class FaultOnTarget {
  readonly #kind: string
  readonly #target: ContainerRef
  readonly #armed: ArmedFault
  readonly #around: Surroundings
  readonly #undoNumbers: number[]
  readonly #replaces: boolean

  private constructor(fault: Fault, armed: ArmedFault, around: Surroundings, undoNumbers: number[]) {
    this.#kind = fault.kind
    this.#replaces = fault.leaves !== undefined
    this.#target = around.plan.target
    this.#armed = armed
    this.#around = around
    this.#undoNumbers = undoNumbers
  }

  /** Errors: FAULT_FAILED. */
  static async arm(fault: Fault, around: Surroundings): Promise<FaultOnTarget> {
    const { plan, project, references, engine, journal } = around
    const parameters = fault.parameters.parse(plan.fault.parameters ?? {})
    const { id, name } = plan.target
    const armed = await orFail(
      fault.arm({ id, name, project, system: references }, engine, parameters),
      `${fault.kind} of ${name} could not be prepared`,
      around,
    )
    try {
      const undoNumbers: number[] = []
      for (const entry of armed.undo) undoNumbers.push(await journal.record(entry))
      return new FaultOnTarget(fault, armed, around, undoNumbers)
    } catch (error) {
      await armed.disarm()
      throw error
    }
  }

  async inject(signal: AbortSignal): Promise<void> {
    const injectedUs = this.#around.clock.nowUs()
    await this.#act('inject', () => this.#armed.inject())
    await this.#verify('inject', this.#armed.verify(signal)) // not read back: that makes the trial invalid
    await this.#recordFinished(injectedUs)
  }

  async heal(signal: AbortSignal): Promise<void> {
    await this.#act('heal', () => this.#armed.heal())
    const healed = await this.#verify('heal', this.#armed.verifyHealed(signal))
    if (!healed.ok) {
      throw new ZonefallError('FAULT_FAILED', `${this.#target.name} was not healed: ${healed.detail}.`)
    }
    for (const number of this.#undoNumbers.splice(0)) await this.#around.journal.settle(number)
  }

  disarm(): Promise<void> {
    return this.#armed.disarm()
  }

  async #act(action: 'inject' | 'heal', act: () => Promise<void>): Promise<void> {
    const { clock, record } = this.#around
    const atUs = clock.nowUs()
    await orFail(
      act(),
      `${action === 'inject' ? this.#kind : `healing the ${this.#kind}`} of ${this.#target.name} failed`,
      this.#around,
    )
    record({
      type: 'fault',
      action,
      fault: this.#kind,
      container: this.#target,
      atUs,
      returnedUs: clock.nowUs(),
    })
  }

  async #verify(action: 'inject' | 'heal', reading: Promise<Verification>): Promise<Verification> {
    const { clock, record } = this.#around
    const verification = await orFail(
      reading,
      `the ${this.#kind} of ${this.#target.name} could not be read back`,
      this.#around,
    )
    const { ok, detail } = verification
    record({ type: 'fault-verified', action, container: this.#target, ok, detail, atUs: clock.nowUs() })
    return verification
  }

  /** `FinishedAt`: when the engine saw the main process end, if this fault (and not an earlier one) ended it. */
  async #recordFinished(injectedUs: number): Promise<void> {
    const { clock, record, engine } = this.#around
    if (this.#replaces && !(await engine.containers.isThere(this.#target.id))) return // its `die` event is all there is
    const { finishedNs, exitCode } = await orFail(
      engine.containers.inspect(this.#target.id),
      `when ${this.#target.name} ended could not be read`,
      this.#around,
    )
    if (finishedNs === 0n) return
    const placed = clock.placeEngine(finishedNs)
    if (placed.atUs + placed.errorUs < injectedUs) return
    record({ type: 'engine', action: 'finished', container: this.#target, exitCode, ...placed })
  }
}

/** Errors: TARGET_GONE when that is why, else FAULT_FAILED. */
async function orFail<T>(work: Promise<T>, what: string, { plan, engine }: Surroundings): Promise<T> {
  return work.catch(async (error: unknown) => {
    if (error instanceof ZonefallError) throw error // it says more: the engine is gone
    const { name } = plan.target
    // By its name: in its place there may be another by now.
    const isThere = await engine.containers.isThere(name).catch(() => true)
    if (!isThere)
      throw new ZonefallError('TARGET_GONE', `Somebody removed ${name} during the run.`, { cause: error })
    throw new ZonefallError('FAULT_FAILED', `${what}: ${messageOf(error)}`, { cause: error })
  })
}
