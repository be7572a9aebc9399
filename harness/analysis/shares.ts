import type { ContainerRef, HistoryEvent } from '../history/event.ts'
import type { Frame } from './frame.ts'
import type { Measured, Shares } from './metrics.ts'
import { at } from './probes.ts'
import { dueBetween } from './recovery.ts'

/** Which peer an answer came from, by the index that its sample carries; `undefined` if it named none. */
export type PeerOf = (instance: number) => ContainerRef | undefined

/**
 * The header may list several instances, one a hop ("gateway's id, app's id"): the one that is a peer of
 * the target counts. A part is the beginning of a container's id, or its name, or its service's.
 */
export function peerFinder(events: readonly HistoryEvent[], peers: readonly ContainerRef[]): PeerOf {
  const byIndex = new Map<number, ContainerRef>()
  for (const event of events) {
    if (event.type !== 'instance') continue
    const parts = event.value.split(',').map(part => part.trim())
    const peer = peers.find(candidate => parts.some(part => isNamed(candidate, part)))
    if (peer) byIndex.set(event.index, peer)
  }
  return instance => byIndex.get(instance)
}

function isNamed({ id, name, service }: ContainerRef, part: string): boolean {
  return part !== '' && ((part.length >= 12 && id.startsWith(part)) || name === part || service === part)
}

/** Share of the good answers that each peer gave, before the fault and while it was held. */
export function shares(frame: Frame, peerOf: PeerOf): Measured<{ before: Shares; during: Shares }> {
  const { plan, baseline, fault, healUs } = frame
  const held = dueBetween(frame, fault.upperUs, healUs)
  const before = sharesIn(frame, baseline, peerOf)
  const during = sharesIn(frame, held, peerOf)
  if (!before) {
    return {
      value: null,
      reason: `no answer before the fault named a peer of the target in \`${plan.instanceHeader}\``,
    }
  }
  return { value: { before, during: during ?? Object.fromEntries(plan.peers.map(peer => [peer.name, 0])) } }
}

function sharesIn(
  { probes, plan }: Frame,
  { from, to }: { from: number; to: number },
  peerOf: PeerOf,
): Shares | null {
  const counts = new Map(plan.peers.map(peer => [peer.name, 0]))
  let named = 0
  for (let index = from; index < to; index += 1) {
    const peer = probes.good[index] ? peerOf(at(probes.instance, index)) : undefined
    if (!peer) continue
    counts.set(peer.name, (counts.get(peer.name) ?? 0) + 1)
    named += 1
  }
  if (named === 0) return null
  return Object.fromEntries([...counts].map(([name, count]) => [name, Number((count / named).toFixed(4))]))
}

const FULL_SHARE = 0.8

/**
 * Fault instant → the first W, after the healing, in which the target gives at least 80 % of its fair share
 * of the peers' answers.
 */
export function capacityRestoredMs(frame: Frame, peerOf: PeerOf): Measured<number> {
  const { probes, plan, fault, healUs, endUs } = frame
  if (!frame.healed) return { value: null, reason: 'the fault was not undone in this run' }
  const windowUs = plan.timing.steadyWindowMs * 1000
  const fair = FULL_SHARE / plan.peers.length
  const { from: first } = dueBetween(frame, healUs, endUs)
  const counts = { named: 0, target: 0 }
  const count = (index: number, sign: 1 | -1) => {
    const peer = probes.good[index] ? peerOf(at(probes.instance, index)) : undefined
    if (!peer) return
    counts.named += sign
    if (peer.id === plan.target.id) counts.target += sign
  }
  let to = first
  for (let from = first; from < probes.length; from += 1) {
    const startUs = at(probes.dueUs, from)
    if (startUs + windowUs > endUs + 1e6 / plan.probes.ratePerSecond) break
    for (; to < probes.length && at(probes.dueUs, to) < startUs + windowUs; to += 1) count(to, 1)
    const servesNow = probes.good[from] === 1 && peerOf(at(probes.instance, from))?.id === plan.target.id
    if (servesNow && counts.target / counts.named >= fair) return { value: (startUs - fault.atUs) / 1000 }
    count(from, -1)
  }
  return {
    value: null,
    reason: 'the run ended before the target had carried its share again for W, or no answer named it',
  }
}
