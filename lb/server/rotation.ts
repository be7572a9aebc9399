import { standingOf } from './administration.ts'
import type { Server } from './server.ts'
import { isTrusted } from './server-state.ts'

/** What took out a server that is known to be there: better than nobody. */
const THERE_ALL_THE_SAME = new Set(['check-timeout', 'slow-answers', 'bad-answers'])

/**
 * Those who are up. If none is, those who are merely slow or answer badly: on a starved machine all of them do, and
 * a late answer is better than none (Envoy's panic mode). Who is proven gone or says 503 stays out.
 */
export function usable(servers: readonly Server[]): readonly Server[] {
  if (servers.every(server => standingOf(server) === 'up')) return servers
  const up = servers.filter(server => standingOf(server) === 'up')
  if (up.length > 0) return up
  return servers.filter(server => isWanted(server) && isThere(server))
}

/**
 * Without those under suspicion, and without the rest of a zone most of which is: a zone fails as one. Unless that
 * leaves less than half: then it is not they who are odd, and the rest could not carry it.
 */
export function trusted(candidates: readonly Server[], all: readonly Server[]): readonly Server[] {
  if (candidates.length === all.length && candidates.every(isInTrust)) return candidates
  const inTrust = candidates.filter(isInTrust)
  const outOfDoubt = inTrust.filter(({ zone }) => !isZoneLost(zone, all))
  if (outOfDoubt.length * 2 >= all.length) return outOfDoubt
  return inTrust.length * 2 >= candidates.length ? inTrust : candidates
}

/** For a second try: those under suspicion last, and rather in a zone that was not tried. */
export function elsewhere(untried: readonly Server[], tried: ReadonlySet<Server>): readonly Server[] {
  const inTrust = untried.filter(isInTrust)
  const best = inTrust.length > 0 ? inTrust : untried
  const zones = new Set([...tried].map(({ zone }) => zone))
  const apart = best.filter(({ zone }) => !zones.has(zone))
  return apart.length > 0 ? apart : best
}

export function isInTrust(server: Server): boolean {
  return isTrusted(server.state) && !server.isSilent
}

function isWanted({ administration, weight }: Server): boolean {
  return administration === 'ready' && weight > 0
}

function isThere({ state }: Server): boolean {
  return state.kind === 'down' && THERE_ALL_THE_SAME.has(state.because)
}

function isZoneLost(zone: string, all: readonly Server[]): boolean {
  const members = all.filter(server => server.zone === zone)
  return members.filter(isInTrust).length * 2 < members.length
}
