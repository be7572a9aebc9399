import { upAgainUs } from '../metrics/capacity-restored.ts'
import { at } from '../probes.ts'
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
        ? `The fault did not take hold: the engine reads ${read.detail}.`
        : 'Whether the fault took hold was never read back.',
    advice: 'Look at the target’s log and at the engine’s.',
  }
}

/** Applies when answers tell who gave them. */
export const targetHadTraffic: ValidityRule = ({ metrics, plan }) => {
  const before = metrics.share.value?.before
  if (!before || (before[plan.target.name] ?? 0) > 0) return undefined
  return {
    code: 'target-idle',
    text: `${plan.target.name} answered nothing before the fault, so that losing it could cost nothing.`,
    advice: 'Is it in rotation? Choose another target, or mend the balance.',
  }
}

/**
 * Without a header that names who answered, without an error and without a word from the balancer, the
 * target may never have carried a request: nothing was lost by losing it, or nobody can tell.
 */
export const effectSeen: ValidityRule = ({ metrics, plan }) => {
  const seen =
    metrics.share.value !== null ||
    (metrics.lost_requests.value ?? 0) > 0 ||
    metrics.detection_ms.value !== null
  if (seen) return undefined
  return {
    code: 'effect-unseen',
    text: `Nothing shows that ${plan.target.name} carried traffic before the fault: no answer names who gave it, no probe was bad, and no balancer told anything.`,
    advice:
      'Let each instance name itself in a response header, and name that header with --instance-header.',
  }
}

/** A dead container answers nothing: if it does, before it can have been started again, the fault did not take hold. */
export const targetWentQuiet: ValidityRule = ({ frame, peerOf, plan }) => {
  if (plan.fault.effect !== 'silence') return undefined
  const { fault, probes, endUs } = frame
  const untilUs = upAgainUs(frame) ?? endUs
  let answers = 0
  for (let index = frame.firstTouched; index < probes.length; index += 1) {
    const sentUs = at(probes.sentUs, index)
    if (!probes.good[index] || sentUs < fault.upperUs + GRACE_US || at(probes.endedUs, index) >= untilUs)
      continue
    if (peerOf(at(probes.instance, index))?.id === plan.target.id) answers += 1
  }
  if (answers === 0) return undefined
  return {
    code: 'fault-without-effect',
    text: `${plan.target.name} still answered ${answers} probe${answers === 1 ? '' : 's'} that were sent when it should have been dead.`,
    advice: 'Does the answering-instance header name the right container?',
  }
}
