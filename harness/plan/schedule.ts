import { ZonefallError } from '../errors/zonefall-error.ts'
import type { FaultEntry } from '../experiment/experiment.ts'

/** When one target of a line of the timeline is struck, and until when: ms since the hold began. */
export interface Turn {
  /** Which of the line's targets, from 0. */
  readonly target: number
  readonly atMs: number
  readonly untilMs: number
}

/** All turns of a line that come by the clock; the last may be cut short by the end of the hold. Errors: EXPERIMENT_INVALID. */
export function scheduleOf(entry: FaultEntry, targets: number, holdMs: number): Turn[] {
  const { atMs, forMs = holdMs, everyMs, times = Number.POSITIVE_INFINITY, staggerMs } = entry
  const lastMs = atMs + (targets - 1) * staggerMs
  if (lastMs >= holdMs)
    throw new ZonefallError(
      'EXPERIMENT_INVALID',
      `The last of ${targets} targets would be struck ${lastMs} ms after the hold began, which is over after ${holdMs} ms.`,
      { advice: 'Lengthen `timing.holdMs`, or shorten `stagger`.' },
    )
  const turns: Turn[] = []
  for (let time = 0; time < (everyMs === undefined ? 1 : times); time += 1) {
    const beginMs = atMs + time * (everyMs ?? 0)
    if (beginMs >= holdMs) break
    for (let target = 0; target < targets; target += 1) {
      const turnMs = beginMs + target * staggerMs
      if (turnMs >= holdMs) continue
      turns.push({ target, atMs: turnMs, untilMs: Math.min(holdMs, turnMs + forMs) })
    }
  }
  return turns
}
