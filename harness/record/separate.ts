import type { Told, ToldStrike } from './deed.ts'

/** What an experiment may last at least, and what lies between two on one container: the first has to be healed. */
const SHORTEST_US = 100_000
const APART_US = 10_000

/**
 * Strikes on one container one after the other: what was done to it while something else was on ends that. An
 * experiment cannot say it otherwise, and the engine tells which came first. Pure.
 */
export function separate({ strikes, untold }: Told): Told {
  const separated: ToldStrike[] = []
  const more: string[] = []
  for (const strike of strikes) {
    const next = strikes.find(
      other => other.target.id === strike.target.id && other.began.atUs > strike.began.atUs,
    )
    const ended = endBefore(strike, next)
    if (ended && next && strike.ended?.atUs !== ended.atUs)
      more.push(
        `${strike.target.name} was still under ${strike.kind} when it came under ${next.kind}: in the experiment the one ends where the other begins.`,
      )
    separated.push({ ...strike, ended: atLeast(strike, ended) })
  }
  return { strikes: separated, untold: [...untold, ...more] }
}

function endBefore({ ended }: ToldStrike, next: ToldStrike | undefined): ToldStrike['ended'] {
  if (!next || (ended && ended.atUs <= next.began.atUs - APART_US)) return ended
  return { ...next.began, atUs: next.began.atUs - APART_US }
}

function atLeast({ began }: ToldStrike, ended: ToldStrike['ended']): ToldStrike['ended'] {
  return ended && { ...ended, atUs: Math.max(ended.atUs, began.atUs + SHORTEST_US) }
}
