import { pause } from '../../clock/pause.ts'
import { HelperRefusal, type StandingHelper } from '../../docker/standing-helper.ts'
import type { UndoEntry } from '../../undo/undo-entry.ts'
import type { ArmedFault, FaultEngine, FaultTarget, Verification } from '../fault.ts'
import { askOnce, type ProgramSpec, standAt } from './stand-at.ts'

/** A fault that a standing helper does to the processes of its target: what the helper is told, and must show. */
export interface HelperFault {
  readonly program: ProgramSpec
  /** Said first: looks whether it can be done, changes nothing. What it answers is handed to the rest. */
  readonly begin: string
  readonly inject: string
  /** With which it can be undone by any helper; by default it goes with the helper that did it. */
  undo?(begun: string): { readonly heal: string; readonly entry: UndoEntry }
  /** From what `show` printed. */
  tookHold(shown: string, begun: string): Verification
  isHealed(shown: string, begun: string): Verification
}

const LIMIT_MS = 10_000

export async function armAt(
  target: FaultTarget,
  engine: FaultEngine,
  fault: HelperFault,
): Promise<ArmedFault> {
  const helper = await standAt(engine, target, fault.program)
  const begun = await helper.ask(fault.begin).catch(async (error: unknown) => {
    await helper.disarm()
    // Why it cannot be done here is meant for the user as it stands.
    throw error instanceof HelperRefusal ? new Error(error.said, { cause: error }) : error
  })
  const undo = fault.undo?.(begun)
  const word = undo?.heal ?? 'heal'
  let left: 'nothing' | 'something' = 'nothing'
  /** A helper that is gone has taken with it what goes with it; the rest another one does. */
  const healElsewhere = async () => {
    if (undo) await askOnce(engine, target, fault.program, word)
  }
  const heal = async () => {
    await helper.ask(word).catch(healElsewhere)
    left = 'nothing'
  }
  return {
    undo: [
      { kind: 'remove-container', id: helper.id, name: `the helper of ${target.name}` },
      ...(undo ? [undo.entry] : []),
    ],
    inject: async () => {
      left = 'something'
      await helper.ask(fault.inject)
    },
    verify: signal => shownUntil(helper, shown => fault.tookHold(shown, begun), signal),
    heal,
    verifyHealed: async () => {
      const shown = await helper.ask('show').catch(() => askOnce(engine, target, fault.program, 'show'))
      return shown === '' ? { ok: true, detail: 'nothing of it is left' } : fault.isHealed(shown, begun)
    },
    disarm: async () => {
      if (left === 'something') await heal()
      await helper.disarm()
    },
  }
}

/** What it does may take longer than telling it to: asks until it has taken hold, or for 10 s. */
async function shownUntil(
  helper: StandingHelper,
  check: (shown: string) => Verification,
  signal: AbortSignal,
): Promise<Verification> {
  const limit = AbortSignal.timeout(LIMIT_MS)
  for (;;) {
    const verification = check(await helper.ask('show'))
    if (verification.ok || limit.aborted) return verification
    await pause(50, signal)
  }
}
