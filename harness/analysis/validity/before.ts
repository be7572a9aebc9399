import type { ContainerRef } from '../../history/event.ts'
import { groupOf } from '../peers.ts'
import { at } from '../probes.ts'
import { standingBefore } from '../rotation.ts'
import { watchedTargets } from '../watched-targets.ts'
import type { Evidence, Invalidity, ValidityRule } from './rule.ts'

/** So many probes that a target with its fair share answers this many of them. */
const FAIR_ANSWERS = 10
const LATELY_US = 1_000_000

/** Applies when answers tell who gave them: of each target, before anything was broken. */
export const targetHadTraffic: ValidityRule = ({ metrics, frame }) => {
  const before = metrics.share.value?.before
  const idle = watchedTargets(frame).find(({ name }) => before?.[name] === 0)
  if (!idle) return undefined
  return {
    code: 'target-idle',
    text: `${idle.name} answered nothing before the fault, so that losing it could cost nothing.`,
    advice: 'Is it in rotation? Choose another target, or mend the balance.',
  }
}

/** What left the rotation before anything was struck costs nothing when it dies, and proves nothing. */
export const targetInRotation: ValidityRule = evidence => {
  for (const target of watchedTargets(evidence.frame)) {
    const invalidity = outOfRotation(evidence, target)
    if (invalidity) return invalidity
  }
  return undefined
}

function outOfRotation(evidence: Evidence, target: ContainerRef): Invalidity | undefined {
  const { events, frame } = evidence
  const { name, id } = target
  const advice = 'Why had the balancer taken it out? Let the system be steady, then run again.'
  const standing = standingBefore(events, id, frame.fault.lowerUs)
  if (typeof standing === 'object') {
    const seconds = ((frame.fault.lowerUs - standing.sinceUs) / 1e6).toFixed(1)
    const text = `${name} was out of rotation when it was struck (${standing.cause}, told ${seconds} s before), so that losing it could cost nothing.`
    return { code: 'target-out-of-rotation', text, advice }
  }
  if (standing === 'in' || lateAnswers(evidence, target) !== 0) return undefined
  const text = `${name} answered before, but none of the last probes before it was struck, so that losing it could cost nothing.`
  return { code: 'target-out-of-rotation', text, advice }
}

/** Of the last probes before the fault; `null` where answers do not tell who gave them. */
function lateAnswers({ frame, metrics, groups }: Evidence, target: ContainerRef): number | null {
  const { probes, baseline, periodUs } = frame
  if ((metrics.share.value?.before[target.name] ?? 0) === 0) return null // another rule's
  const { peers, peerOf } = groupOf(groups, target)
  const count = Math.max(Math.ceil(LATELY_US / periodUs), FAIR_ANSWERS * peers.length)
  let answers = 0
  for (let index = Math.max(baseline.from, baseline.to - count); index < baseline.to; index += 1)
    if (probes.good[index] && peerOf(at(probes.instance, index))?.id === target.id) answers += 1
  return answers
}
