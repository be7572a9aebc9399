import type { ContainerRef, HistoryEvent } from '../history/event.ts'

/** Which peer an answer came from, by the index that its sample carries; `undefined` if it named none. */
export type PeerOf = (instance: number) => ContainerRef | undefined

/**
 * The header may list several instances, one a hop ("gateway's id, app's id"): the one that is a peer of
 * the target counts. A part is the beginning of a container's id, or its name, or its service's, where that
 * has one container only.
 */
export function peerFinder(events: readonly HistoryEvent[], peers: readonly ContainerRef[]): PeerOf {
  const byIndex = new Map<number, ContainerRef>()
  for (const event of events) {
    if (event.type !== 'instance') continue
    const peer = peerNamedIn(event.value, peers)
    if (peer) byIndex.set(event.index, peer)
  }
  return instance => byIndex.get(instance)
}

function peerNamedIn(header: string, peers: readonly ContainerRef[]): ContainerRef | undefined {
  const parts = header.split(',').map(part => part.trim())
  for (const part of parts) {
    const exact = peers.find(({ id, name }) => name === part || isIdPrefix(part, id))
    if (exact) return exact
    const ofService = peers.filter(({ service }) => service !== null && service === part)
    if (ofService.length === 1) return ofService[0]
  }
  return undefined
}

function isIdPrefix(part: string, id: string): boolean {
  return /^[0-9a-f]{12,64}$/.test(part) && id.startsWith(part)
}
