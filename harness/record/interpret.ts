import type { Deed, Told, ToldStrike } from './deed.ts'
import { type Ending, strikeOf } from './endings.ts'
import { limitStrike } from './limits.ts'
import { type Attachments, NetworkDeeds } from './network-deeds.ts'

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
  const networks = new NetworkDeeds(attachments)
  let paused: Deed | undefined
  for (let index = 0; index < deeds.length; index += 1) {
    const deed = deeds[index] as Deed
    const { action, container } = deed
    if (ENDS.has(action)) {
      const ending = endingFrom(deeds, index)
      index += ending.length - 1
      const strike = strikeOf(ending)
      if (strike) strikes.push(strike)
      else untold.push(...survived(ending))
    } else if (action === 'pause') paused = deed
    else if (action === 'unpause') {
      if (paused) strikes.push(pauseOf(paused, deed))
      else untold.push(`${container.name} was unpaused, and had been paused before the record began.`)
      paused = undefined
    } else if (action === 'update') {
      const limited = limitStrike(deed, deeds.slice(index + 1))
      if (typeof limited === 'string') untold.push(limited)
      else if (limited) strikes.push(limited)
    } else if (action === 'start')
      untold.push(`${container.name} was started, and had not run when the record began.`)
    else networks.add(deed)
  }
  if (paused) strikes.push(pauseOf(paused, undefined))
  const cuts = networks.told()
  return { strikes: [...strikes, ...cuts.strikes], untold: [...untold, ...cuts.untold] }
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

function survived(ending: Ending): string[] {
  return ending.map(({ container, action, signal }) => {
    const what = signal === undefined ? `told \`${action}\`` : `sent signal ${signal}`
    return `${container.name} was ${what} and went on: no fault does that.`
  })
}

function pauseOf(paused: Deed, unpaused: Deed | undefined): ToldStrike {
  return {
    kind: 'pause',
    parameters: {},
    target: paused.container,
    began: { atUs: paused.atUs, errorUs: paused.errorUs },
    ended: unpaused ? { atUs: unpaused.atUs, errorUs: unpaused.errorUs } : null,
    told: unpaused ? 'pause, unpause' : 'pause',
  }
}
