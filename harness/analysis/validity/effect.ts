import { at } from '../probes.ts'
import { dueBetween } from '../recovery.ts'
import type { ValidityRule } from './rule.ts'

/** An answer that was on its way may still arrive: only what was sent this long after the fault counts against it. */
const GRACE_US = 100_000

export const faultReadBack: ValidityRule = ({ events }) => {
  const read = events.find(event => event.type === 'fault-verified' && event.action === 'inject')
  if (read?.type === 'fault-verified' && read.ok) return undefined
  return {
    code: 'fault-not-verified',
    text:
      read?.type === 'fault-verified'
        ? `The fault could not be read back: ${read.detail}.`
        : 'The fault was never read back.',
    advice: 'Look at the target’s log and at the engine’s.',
  }
}

export const targetHadTraffic: ValidityRule = ({ metrics, plan }) => {
  const before = metrics.share.value?.before
  if (!before || (before[plan.target.name] ?? 0) > 0) return undefined
  return {
    code: 'target-idle',
    text: `${plan.target.name} answered nothing before the fault, so that losing it could cost nothing.`,
    advice: 'Is it in rotation? Choose another target, or mend the balance.',
  }
}

/** A dead container answers nothing: if it does, between the fault and its next start, the fault did not take hold. */
export const targetWentQuiet: ValidityRule = ({ frame, events, peerOf, plan }) => {
  const { fault, probes, healUs } = frame
  const restart = events.find(
    event =>
      event.type === 'engine' &&
      event.action === 'start' &&
      event.container.id === plan.target.id &&
      event.atUs > fault.atUs,
  )
  const { from, to } = dueBetween(frame, fault.upperUs + GRACE_US, Math.min(healUs, restart?.atUs ?? healUs))
  let answers = 0
  for (let index = from; index < to; index += 1) {
    if (probes.good[index] && peerOf(at(probes.instance, index))?.id === plan.target.id) answers += 1
  }
  if (answers === 0) return undefined
  return {
    code: 'fault-without-effect',
    text: `${plan.target.name} still answered ${answers} probes that were sent after it should have been dead.`,
    advice: 'Does the answering-instance header name the right container?',
  }
}
