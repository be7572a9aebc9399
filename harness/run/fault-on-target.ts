import { pause } from '../clock/pause.ts'
import type { TrialClock } from '../clock/trial-clock.ts'
import type { Engine } from '../docker/engine.ts'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { findFault } from '../faults/catalogue.ts'
import type { ArmedFault, Verification } from '../faults/fault.ts'
import type { ContainerRef, HistoryEvent } from '../history/event.ts'
import type { Strike } from '../plan/trial-plan.ts'
import type { UndoJournal } from '../undo/journal.ts'

export interface Surroundings {
  readonly project: string
  /** All containers of the project, as the plan knows them. */
  readonly references: readonly ContainerRef[]
  readonly engine: Engine
  readonly journal: UndoJournal
  readonly clock: TrialClock
  readonly record: (event: HistoryEvent) => void
}

/** What is to be done, and its place among the plan's strikes, if the plan lists them. */
export interface PlacedStrike {
  readonly strike: Strike
  readonly place: number | undefined
}

/** A fault on its target, with the journal written before it and the history after it. */
export class FaultOnTarget {
  readonly #strike: Strike
  readonly #placed: { readonly strike?: number }
  /** Of the container that stands in the target's place when the fault is armed. */
  readonly #id: string
  readonly #armed: ArmedFault
  readonly #around: Surroundings
  readonly #undoNumbers: number[]
  readonly #replaces: boolean

  private constructor(
    { strike, place }: PlacedStrike,
    { id, armed, undoNumbers }: { id: string; armed: ArmedFault; undoNumbers: number[] },
    around: Surroundings,
  ) {
    this.#strike = strike
    this.#placed = place === undefined ? {} : { strike: place }
    this.#replaces = findFault(strike.fault.kind).leaves !== undefined
    this.#id = id
    this.#armed = armed
    this.#around = around
    this.#undoNumbers = undoNumbers
  }

  /** `references`: the project's containers as they are now. Errors: FAULT_FAILED. */
  static async arm(
    placed: PlacedStrike,
    around: Surroundings,
    references: readonly ContainerRef[] = around.references,
  ): Promise<FaultOnTarget> {
    const { project, engine, journal } = around
    const { fault: planned, target } = placed.strike
    const fault = findFault(planned.kind)
    const { name } = target
    const id = references.find(reference => reference.name === name)?.id ?? target.id
    const armed = await orFail(
      fault.arm(
        { id, name, project, system: references },
        engine,
        fault.parameters.parse(planned.parameters ?? {}),
      ),
      `${fault.kind} of ${name} could not be prepared`,
      name,
      engine,
    )
    try {
      const undoNumbers: number[] = []
      for (const entry of armed.undo) undoNumbers.push(await journal.record(entry))
      return new FaultOnTarget(placed, { id, armed, undoNumbers }, around)
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
      throw new ZonefallError('FAULT_FAILED', `${this.#strike.target.name} was not healed: ${healed.detail}.`)
    }
    await this.#settle()
  }

  /** It does not come after all. */
  async withdraw(): Promise<void> {
    await this.#armed.disarm()
    await this.#settle()
  }

  /** In a roll-out: whether the target does its work again, known after `limitMs` at the latest. */
  async ready(limitMs: number, signal: AbortSignal): Promise<Verification> {
    const { clock, record } = this.#around
    const over = new AbortController()
    const either = AbortSignal.any([signal, over.signal])
    const reading = this.#armed.ready?.(either) ?? Promise.resolve({ ok: true, detail: 'not asked' })
    const late = pause(limitMs, either).then(() => ({
      ok: false,
      detail: 'it was not yet when its time was over',
    }))
    const first = Promise.race([reading, late]).finally(() => over.abort())
    reading.catch(() => undefined) // the one that lost the race is aborted
    late.catch(() => undefined)
    const { ok, detail } = await this.#orFail(first, 'whether # is ready could not be read')
    record({
      type: 'roll-out',
      ...this.#whose(),
      strike: this.#placed.strike ?? 0,
      ok,
      detail,
      atUs: clock.nowUs(),
    })
    return { ok, detail }
  }

  disarm(): Promise<void> {
    return this.#armed.disarm()
  }

  async #act(action: 'inject' | 'heal', act: () => Promise<void>): Promise<void> {
    const { clock, record } = this.#around
    const { kind } = this.#strike.fault
    const atUs = clock.nowUs()
    await this.#orFail(act(), `${action === 'inject' ? kind : `healing the ${kind}`} of # failed`)
    record({ type: 'fault', action, fault: kind, ...this.#whose(), atUs, returnedUs: clock.nowUs() })
  }

  async #verify(action: 'inject' | 'heal', reading: Promise<Verification>): Promise<Verification> {
    const { clock, record } = this.#around
    const verification = await this.#orFail(
      reading,
      `the ${this.#strike.fault.kind} of # could not be read back`,
    )
    const { ok, detail } = verification
    record({ type: 'fault-verified', action, ...this.#whose(), ok, detail, atUs: clock.nowUs() })
    return verification
  }

  /** `FinishedAt`: when the engine saw the main process end, if this fault (and not an earlier one) ended it. */
  async #recordFinished(injectedUs: number): Promise<void> {
    const { clock, record, engine } = this.#around
    if (this.#replaces && !(await engine.containers.isThere(this.#id))) return // its `die` event is all there is
    const { finishedNs, exitCode } = await this.#orFail(
      engine.containers.inspect(this.#id),
      'when # ended could not be read',
    )
    if (finishedNs === 0n) return
    const placed = clock.placeEngine(finishedNs)
    if (placed.atUs + placed.errorUs < injectedUs) return
    record({ type: 'engine', action: 'finished', container: this.#strike.target, exitCode, ...placed })
  }

  async #settle(): Promise<void> {
    for (const number of this.#undoNumbers.splice(0)) await this.#around.journal.settle(number)
  }

  #whose() {
    return { container: this.#strike.target, ...this.#placed }
  }

  #orFail<T>(work: Promise<T>, what: string): Promise<T> {
    const { name } = this.#strike.target
    return orFail(work, what.replace('#', name), name, this.#around.engine)
  }
}

/** Errors: TARGET_GONE when that is why, else FAULT_FAILED. */
async function orFail<T>(work: Promise<T>, what: string, name: string, engine: Engine): Promise<T> {
  return work.catch(async (error: unknown) => {
    if (error instanceof ZonefallError) throw error // it says more: the engine is gone
    // By its name: in its place there may be another by now.
    const isThere = await engine.containers.isThere(name).catch(() => true)
    if (!isThere)
      throw new ZonefallError('TARGET_GONE', `Somebody removed ${name} during the run.`, { cause: error })
    throw new ZonefallError('FAULT_FAILED', `${what}: ${messageOf(error)}`, { cause: error })
  })
}
