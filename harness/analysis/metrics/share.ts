import type { Frame } from '../frame.ts'
import type { Metrics, Shares } from '../metrics.ts'
import type { PeerGroup } from '../peers.ts'
import { at, firstDueFrom } from '../probes.ts'
import { watchedTargets } from '../watched-targets.ts'

/**
 * Share of the good answers that each peer gave in the baseline, and between the fault and its undoing; and by
 * how much each survivor's grew (0.5: it carries half as much again). `during` and `growth` are empty when
 * nobody answered then. Targets that do different work have their peers beside them, each group a whole.
 */
export function share(frame: Frame, groups: readonly PeerGroup[]): Metrics['share'] {
  const { probes, plan, baseline, fault, healUs } = frame
  const before = sharesIn(frame, baseline.from, baseline.to, groups)
  if (!before) {
    const reason = `no answer before the fault named a peer of ${plan.target.name} in \`${plan.instanceHeader}\``
    return { value: null, reason }
  }
  const held = [firstDueFrom(probes, fault.upperUs), firstDueFrom(probes, healUs)] as const
  const during = sharesIn(frame, ...held, groups) ?? {}
  const struck = watchedTargets(frame).map(({ name }) => name)
  return { value: { before, during, growth: growthOf(before, during, struck) } }
}

function sharesIn(frame: Frame, from: number, to: number, groups: readonly PeerGroup[]): Shares | null {
  const shares = groups.map(group => sharesOfGroup(frame, from, to, group)).filter(one => one !== null)
  return shares.length > 0 ? Object.assign({}, ...shares) : null
}

function sharesOfGroup(
  { probes }: Frame,
  from: number,
  to: number,
  { peers, peerOf }: PeerGroup,
): Shares | null {
  const counts = new Map(peers.map(peer => [peer.name, 0]))
  let named = 0
  for (let index = from; index < to; index += 1) {
    const peer = probes.good[index] ? peerOf(at(probes.instance, index)) : undefined
    if (!peer) continue
    counts.set(peer.name, (counts.get(peer.name) ?? 0) + 1)
    named += 1
  }
  if (named === 0) return null
  return Object.fromEntries([...counts].map(([name, count]) => [name, rounded(count / named)]))
}

function growthOf(before: Shares, during: Shares, struck: readonly string[]): Shares {
  return Object.fromEntries(
    Object.entries(during).flatMap(([name, share]) => {
      const was = before[name] ?? 0
      return struck.includes(name) || was === 0 ? [] : [[name, rounded(share / was - 1)]]
    }),
  )
}

function rounded(share: number): number {
  return Number(share.toFixed(4))
}
