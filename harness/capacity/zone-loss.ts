import type { TrialClock } from '../clock/trial-clock.ts'
import type { Engine } from '../docker/engine.ts'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { findFault } from '../faults/catalogue.ts'
import type { ArmedFault } from '../faults/fault.ts'
import type { ContainerRef, HistoryEvent } from '../history/event.ts'
import type { UndoJournal } from '../undo/journal.ts'

export interface ZoneLossRequest {
  readonly fault: string
  readonly targets: readonly ContainerRef[]
  /** All containers of the project. */
  readonly references: readonly ContainerRef[]
  readonly project: string
  readonly engine: Engine
  readonly journal: UndoJournal
  readonly clock: Pick<TrialClock, 'nowUs'>
  readonly record: (event: HistoryEvent) => void
  readonly signal: AbortSignal
}

interface Broken {
  readonly target: ContainerRef
  readonly armed: ArmedFault
  readonly undo: readonly number[]
}

/** A zone that is gone. What would bring it back is in the journal, until it is healed. */
export class ZoneLoss implements AsyncDisposable {
  readonly #request: ZoneLossRequest
  readonly #broken: readonly Broken[]

  private constructor(request: ZoneLossRequest, broken: readonly Broken[]) {
    this.#request = request
    this.#broken = broken
  }

  /** Breaks all of them at once, and reads back that each is. Errors: FAULT_FAILED. */
  static async begin(request: ZoneLossRequest): Promise<ZoneLoss> {
    const broken: Broken[] = []
    const loss = new ZoneLoss(request, broken)
    try {
      for (const target of request.targets) broken.push(await arm(target, request))
      await loss.#act('inject')
      return loss
    } catch (error) {
      await loss[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Nobody brought one back, and no helper has expired. Errors: FAULT_FAILED. */
  async requireStillLost(): Promise<void> {
    const { fault, signal } = this.#request
    for (const { target, armed } of this.#broken) {
      const { ok, detail } = await orFail(armed.verify(signal), `reading back the ${fault} of ${target.name}`)
      if (!ok)
        throw new ZonefallError(
          'FAULT_FAILED',
          `${target.name} did not stay lost while the capacity without it was searched for: ${detail}.`,
        )
    }
  }

  /** Brings them back, and reads back that they are. Errors: FAULT_FAILED. */
  async heal(): Promise<void> {
    await this.#act('heal')
    for (const number of this.#broken.flatMap(({ undo }) => undo)) await this.#request.journal.settle(number)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#broken.map(({ armed }) => armed.disarm()))
  }

  async #act(action: 'inject' | 'heal'): Promise<void> {
    const results = await Promise.allSettled(this.#broken.map(one => this.#actOn(one, action)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #actOn({ target, armed }: Broken, action: 'inject' | 'heal'): Promise<void> {
    const { clock, record, fault, signal } = this.#request
    const what = action === 'inject' ? `${fault} of ${target.name}` : `healing the ${fault} of ${target.name}`
    const atUs = clock.nowUs()
    await orFail(armed[action](), what)
    record({ type: 'fault', action, fault, container: target, atUs, returnedUs: clock.nowUs() })
    const reading = action === 'inject' ? armed.verify(signal) : armed.verifyHealed(signal)
    const { ok, detail } = await orFail(reading, what)
    record({ type: 'fault-verified', action, container: target, ok, detail, atUs: clock.nowUs() })
    if (!ok) throw new ZonefallError('FAULT_FAILED', `${what} was not read back: ${detail}.`)
  }
}

async function arm(target: ContainerRef, request: ZoneLossRequest): Promise<Broken> {
  const { fault, project, references, engine, journal } = request
  const found = findFault(fault)
  const { id, name } = target
  const armed = await orFail(
    found.arm({ id, name, project, system: references }, engine, found.parameters.parse({})),
    `${fault} of ${name}`,
  )
  try {
    const undo: number[] = []
    for (const entry of armed.undo) undo.push(await journal.record(entry))
    return { target, armed, undo }
  } catch (error) {
    await armed.disarm()
    throw error
  }
}

async function orFail<T>(work: Promise<T>, what: string): Promise<T> {
  return work.catch((error: unknown) => {
    if (error instanceof ZonefallError) throw error // it says more: the engine is gone, or the run was ended
    throw new ZonefallError('FAULT_FAILED', `${what} failed: ${messageOf(error)}`, { cause: error })
  })
}
