import type { ContainerRef, HistoryEvent } from '../history/event.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'

/** Which peer an answer came from, by the index that its sample carries; `undefined` if it named none. */
export type PeerOf = (instance: number) => ContainerRef | undefined

/**
 * The header may list several instances, one a hop ("gateway's id, app's id"): the one that is a peer of
 * the target counts. A part is the beginning of a container's id, or its name, or its service's, where that
 * has one container only. One that was made anew is the peer in whose place it stands.
 */
export function peerFinder(events: readonly HistoryEvent[], peers: readonly ContainerRef[]): PeerOf {
  const byIndex = new Map<number, ContainerRef>()
  const known = peers.map(peer => ({ peer, ids: [peer.id, ...replacementsOf(peer, events)] }))
  for (const event of events) {
    if (event.type !== 'instance') continue
    const peer = peerNamedIn(event.value, known)
    if (peer) byIndex.set(event.index, peer)
  }
  return instance => byIndex.get(instance)
}

/** Containers that share the same work, and which of them an answer came from. */
export interface PeerGroup {
  readonly peers: readonly ContainerRef[]
  readonly peerOf: PeerOf
}

/** The target's own group first; the others are those of further targets. */
export function groupsOf(
  { peers, otherPeers = [] }: TrialPlan,
  events: readonly HistoryEvent[],
): PeerGroup[] {
  return [peers, ...otherPeers].map(group => ({ peers: group, peerOf: peerFinder(events, group) }))
}

const NOBODY: PeerGroup = { peers: [], peerOf: () => undefined }

export function groupOf(groups: readonly PeerGroup[], { id }: ContainerRef): PeerGroup {
  return groups.find(({ peers }) => peers.some(peer => peer.id === id)) ?? groups[0] ?? NOBODY
}

interface KnownPeer {
  readonly peer: ContainerRef
  readonly ids: readonly string[]
}

function replacementsOf(peer: ContainerRef, events: readonly HistoryEvent[]): string[] {
  return events.flatMap(event =>
    event.type === 'replacement' && event.container.id === peer.id ? [event.id] : [],
  )
}

function peerNamedIn(header: string, known: readonly KnownPeer[]): ContainerRef | undefined {
  const parts = header.split(',').map(part => part.trim())
  for (const part of parts) {
    const exact = known.find(({ peer, ids }) => peer.name === part || ids.some(id => isIdPrefix(part, id)))
    if (exact) return exact.peer
    const ofService = known.filter(({ peer }) => peer.service !== null && peer.service === part)
    if (ofService.length === 1) return ofService[0]?.peer
  }
  return undefined
}

function isIdPrefix(part: string, id: string): boolean {
  return /^[0-9a-f]{12,64}$/.test(part) && id.startsWith(part)
}
