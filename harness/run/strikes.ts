import { pause, unlessAborted } from '../clock/pause.ts'
import type { Verification } from '../faults/fault.ts'
import { goTogether } from '../plan/conflicts.ts'
import { type Strike, strikesOf, type TrialPlan } from '../plan/trial-plan.ts'
import { FaultOnTarget, type Surroundings } from './fault-on-target.ts'

/** Later than this is worth a line: the machine was busy, or the strike before took long to heal. */
const LATE_MS = 250

/**
 * Carries out a plan's strikes, each at its instant since the hold began, whatever the others are doing:
 *
 *   arm ─> (its instant) ─> inject ─> verify ─> (held) ─> heal ─> disarm ─> the next one on this container is armed
 *
 * All are armed before any traffic, but for those that come after another on the same container. What lasts to the
 * end of the hold is healed together, by `heal`.
 */
export class Strikes {
  readonly #plan: TrialPlan
  readonly #strikes: readonly Strike[]
  readonly #around: Surroundings
  /** By their places. Those on, and those that are yet to come. */
  readonly #armed = new Map<number, FaultOnTarget>()
  readonly #over: readonly PromiseWithResolvers<void>[]
  readonly #ready: readonly PromiseWithResolvers<Verification>[]
  readonly #ended = new AbortController()
  #running: Promise<unknown> = Promise.resolve()

  private constructor(plan: TrialPlan, around: Surroundings) {
    this.#plan = plan
    this.#strikes = strikesOf(plan)
    this.#around = around
    this.#over = this.#strikes.map(() => Promise.withResolvers<void>())
    this.#ready = this.#strikes.map(() => Promise.withResolvers<Verification>())
  }

  /** Errors: FAULT_FAILED. */
  static async arm(plan: TrialPlan, around: Surroundings): Promise<Strikes> {
    const strikes = new Strikes(plan, around)
    try {
      for (const place of strikes.#places())
        if (strikes.#before(place).length === 0) strikes.#armed.set(place, await strikes.#arm(place))
    } catch (error) {
      await strikes.disarm()
      throw error
    }
    return strikes
  }

  /** Resolves when all have come that come, and those have been healed that end before the hold does. */
  async run(beganUs: number, signal: AbortSignal): Promise<void> {
    const failure = new AbortController()
    const either = AbortSignal.any([signal, failure.signal, this.#ended.signal])
    const running = together(this.#places(), place =>
      this.#carryOut(place, beganUs, either).catch(error => {
        failure.abort(error) // nothing else is to begin
        throw error
      }),
    )
    this.#running = running
    await running
  }

  async heal(signal: AbortSignal): Promise<void> {
    const held = this.#places().filter(place => this.#isHeldToTheEnd(place))
    await together(held, async place => this.#armed.get(place)?.heal(signal))
  }

  /** When nothing is under way any more. Idempotent. */
  async disarm(): Promise<void> {
    this.#ended.abort()
    await Promise.allSettled([this.#running])
    await together([...this.#armed.values()], fault => fault.disarm())
  }

  async #carryOut(place: number, beganUs: number, signal: AbortSignal): Promise<void> {
    const { atMs, untilMs, afterReady } = this.#strike(place)
    await this.#readyToCome(place, signal)
    await this.#until(beganUs + atMs * 1000, signal)
    const before = afterReady === undefined ? undefined : this.#ready[afterReady]?.promise
    const why = before && this.#whyNot(await unlessAborted(before, signal), beganUs + untilMs * 1000)
    if (why !== undefined) return this.#withhold(place, why)
    await this.#inject(place, beganUs, signal)
    if (this.#isHeldToTheEnd(place)) return
    await this.#until(beganUs + untilMs * 1000, signal)
    const fault = this.#armed.get(place)
    await fault?.heal(signal)
    await fault?.disarm()
    this.#armed.delete(place)
    this.#over[place]?.resolve()
  }

  /** Armed it is already, unless another fault had to be over before. */
  async #readyToCome(place: number, signal: AbortSignal): Promise<void> {
    const before = this.#before(place)
    if (before.length === 0) return
    await unlessAborted(Promise.all(before.map(earlier => this.#over[earlier]?.promise)), signal)
    this.#armed.set(place, await this.#arm(place))
  }

  async #inject(place: number, beganUs: number, signal: AbortSignal): Promise<void> {
    const { clock, record } = this.#around
    const { fault, target, atMs, untilMs, afterReady } = this.#strike(place)
    signal.throwIfAborted()
    const lateMs = (clock.nowUs() - beganUs) / 1000 - atMs
    if (afterReady === undefined && lateMs > LATE_MS) {
      const text = `The ${fault.kind} of ${target.name} comes ${lateMs.toFixed(0)} ms later than planned.`
      record({ type: 'note', atUs: clock.nowUs(), text })
    }
    await this.#armed.get(place)?.inject(signal)
    if (fault.rollOut === undefined) return
    const leftMs = untilMs - (clock.nowUs() - beganUs) / 1000
    const ready = await this.#armed.get(place)?.ready(leftMs, signal)
    if (ready) this.#ready[place]?.resolve(ready)
  }

  /** Of what comes only when the one before is ready. */
  #whyNot({ ok, detail }: Verification, endUs: number): string | undefined {
    if (!ok) return `the one before did not turn ready (${detail})`
    return this.#around.clock.nowUs() >= endUs
      ? 'its time was over before the one before was ready'
      : undefined
  }

  async #withhold(place: number, reason: string): Promise<void> {
    const { clock, record } = this.#around
    const { target } = this.#strike(place)
    record({ type: 'strike-withheld', container: target, strike: place, reason, atUs: clock.nowUs() })
    await this.#armed.get(place)?.withdraw()
    this.#armed.delete(place)
    this.#ready[place]?.resolve({ ok: false, detail: reason })
    this.#over[place]?.resolve()
  }

  /** In the place of a container that was removed there is another by now. */
  async #arm(place: number): Promise<FaultOnTarget> {
    const { references, engine, project } = this.#around
    const placed = { strike: this.#strike(place), place: this.#plan.strikes ? place : undefined }
    if (this.#before(place).length === 0) return FaultOnTarget.arm(placed, this.#around)
    const now = await engine.containers.list(project)
    const present = references.map(reference => ({
      ...reference,
      id: now.find(({ name }) => name === reference.name)?.id ?? reference.id,
    }))
    return FaultOnTarget.arm(placed, this.#around, present)
  }

  /** Those that have to be over, on the same container. */
  #before(place: number): number[] {
    const strike = this.#strike(place)
    return this.#places().filter(earlier => {
      const other = this.#strike(earlier)
      return earlier < place && other.target.id === strike.target.id && !goTogether(other, strike)
    })
  }

  #isHeldToTheEnd(place: number): boolean {
    return this.#strike(place).untilMs >= this.#plan.timing.holdMs
  }

  #until(us: number, signal: AbortSignal): Promise<void> {
    return pause((us - this.#around.clock.nowUs()) / 1000, signal)
  }

  #places(): number[] {
    return [...this.#strikes.keys()]
  }

  #strike(place: number): Strike {
    const strike = this.#strikes[place]
    if (!strike) throw new RangeError(`no strike ${place} is planned`)
    return strike
  }
}

/** Waits for all of them even when one fails: what is still under way must not come after the undoing. */
async function together<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(all.map(act))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
