import type { Deed, Instant, ToldStrike } from './deed.ts'

const SIGKILL = 9

/** The deeds from a container's end to when it ran again, or to the end of the record. Never empty. */
export type Ending = readonly Deed[]

/**
 * What ended a container, by what the engine tells of it:
 *
 *     docker kill           kill(9)  die                              start
 *     docker stop           kill(15) [kill(9)] die  stop              start
 *     docker restart        kill(15) [kill(9)] die  stop              start  restart
 *     docker rm --force     kill(9)  die  destroy                     start, of another container
 *     for want of memory    oom  die                                  start, by the restart policy
 *     by itself             die                                       start, by the restart policy
 *
 * A signal that it survived is no end: `undefined`.
 */
export function strikeOf(ending: Ending): ToldStrike | undefined {
  const died = ending.find(({ action }) => action === 'die')
  const first = died && beginningOf(ending, died)
  if (!first) return undefined
  const started = ending.find(({ action }) => action === 'start')
  return {
    ...kindOf(ending),
    target: first.container,
    began: instantOf(first),
    ended: started ? instantOf(orderOf(ending, died, started)) : null,
    told: ending
      .filter(({ atUs }) => atUs >= first.atUs)
      .map(wordOf)
      .join(', '),
  }
}

/** Of a stop, the request; else the signal that it died of, or its death by itself. */
function beginningOf(ending: Ending, died: Deed): Deed | undefined {
  const before = ending.filter(({ atUs, action }) => atUs <= died.atUs && action !== 'die')
  const isStop = ending.some(({ action }) => action === 'stop')
  const lastKill = before.findLast(({ action }) => action === 'kill')
  return isStop || !lastKill ? (before[0] ?? died) : lastKill
}

function kindOf(ending: Ending): Pick<ToldStrike, 'kind' | 'parameters'> {
  const has = (action: string) => ending.some(deed => deed.action === action)
  if (has('destroy')) return { kind: 'remove', parameters: {} }
  if (has('restart')) return { kind: 'restart', parameters: graceOf(ending) }
  if (has('stop')) return { kind: 'stop', parameters: graceOf(ending) }
  if (has('kill')) return { kind: 'kill', parameters: {} }
  return { kind: has('oom') ? 'oom' : 'crash', parameters: {} }
}

/** How long it was given to end before it was killed, where that ran out. */
function graceOf(ending: Ending): { timeoutSeconds?: number } {
  const [asked, killed] = ending.filter(({ action }) => action === 'kill')
  if (!asked || killed?.signal !== SIGKILL || asked.signal === SIGKILL) return {}
  return { timeoutSeconds: Math.min(60, Math.round((killed.atUs - asked.atUs) / 1e6)) }
}

/** `start` is told when it runs; that its networks are joined again is told sooner after the order. */
function orderOf(ending: Ending, died: Deed, started: Deed): Deed {
  return (
    ending.find(({ action, atUs }) => action === 'connect' && atUs > died.atUs && atUs < started.atUs) ??
    started
  )
}

function wordOf({ action, signal, exitCode }: Deed): string {
  if (signal !== undefined) return `${action} (signal ${signal})`
  return exitCode === undefined ? action : `${action} (${exitCode})`
}

function instantOf({ atUs, errorUs }: Deed): Instant {
  return { atUs, errorUs }
}
