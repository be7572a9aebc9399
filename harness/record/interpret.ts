import type { Deed, Told, ToldStrike } from './deed.ts'
import { type Ending, strikeOf } from './endings.ts'
import { LimitDeeds } from './limit-deeds.ts'
import { type Attachments, NetworkDeeds } from './network-deeds.ts'
import { PauseDeeds } from './pause-deeds.ts'

/**
 * Makes strikes of a time line out of what the engine told. `attachments`: which networks each container was in
 * when the record began, by its id.
 */
export function interpret(deeds: readonly Deed[], attachments: Attachments): Told {
  const strikes: ToldStrike[] = []
  const untold: string[] = []
  const byContainer = Map.groupBy(
    deeds.toSorted((a, b) => a.atUs - b.atUs),
    ({ container }) => container.id,
  )
  for (const ofOne of byContainer.values()) {
    const told = interpretOne(ofOne, attachments)
    strikes.push(...told.strikes)
    untold.push(...told.untold)
  }
  return { strikes: strikes.sort((a, b) => a.began.atUs - b.began.atUs), untold }
}

function interpretOne(deeds: readonly Deed[], attachments: Attachments): Told {
  const strikes: ToldStrike[] = []
  const untold: string[] = []
  const pauses = new PauseDeeds()
  const limits = new LimitDeeds()
  const networks = new NetworkDeeds(attachments)
  for (let index = 0; index < deeds.length; index += 1) {
    const deed = deeds[index] as Deed
    const { action, container } = deed
    if (ENDS.has(action)) {
      const ending = endingFrom(deeds, index)
      index += ending.length - 1
      const strike = strikeOf(ending)
      untold.push(...survived(ending, strike))
      if (!strike) continue
      strikes.push(strike)
      pauses.end(deed)
    } else if (action === 'pause' || action === 'unpause') pauses.add(deed)
    else if (action === 'update') limits.add(deed)
    else if (action === 'start')
      untold.push(`${container.name} was started, and had not run when the record began.`)
    else networks.add(deed)
  }
  const others = [pauses, limits, networks].map(kind => kind.told())
  return {
    strikes: [...strikes, ...others.flatMap(told => told.strikes)],
    untold: [...untold, ...others.flatMap(told => told.untold)],
  }
}

const ENDS = new Set(['kill', 'oom', 'die', 'stop', 'destroy'])

/**
 * Up to the `start` after it, and the `restart` that follows that at once. A signal that was survived ends where
 * something else than an end follows it.
 */
function endingFrom(deeds: readonly Deed[], from: number): Ending {
  const ending: Deed[] = []
  let isDead = false
  for (const deed of deeds.slice(from)) {
    if (!isDead && !ENDS.has(deed.action)) break
    ending.push(deed)
    if (deed.action === 'die') isDead = true
    if (deed.action === 'start') {
      const next = deeds[from + ending.length]
      return next?.action === 'restart' ? [...ending, next] : ending
    }
  }
  return ending
}

/** Signals that did not end it: those before the one that did, or all. */
function survived(ending: Ending, strike: ToldStrike | undefined): string[] {
  return ending
    .filter(({ action, atUs }) => !strike || (action === 'kill' && atUs < strike.began.atUs))
    .map(({ container, action, signal }) => {
      const what = signal === undefined ? `told \`${action}\`` : `sent signal ${signal}`
      return `${container.name} was ${what} and went on: no fault does that.`
    })
}
