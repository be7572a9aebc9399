import { isSlow } from '../frame.ts'
import { upAgainUs } from '../metrics/capacity-restored.ts'
import { percentile } from '../percentile.ts'
import { at } from '../probes.ts'
import { standingBefore } from '../rotation.ts'
import type { Evidence, ValidityRule } from './rule.ts'

/** An answer that was on its way may still arrive: only what was sent this long after the fault counts against it. */
const GRACE_US = 100_000
/** So many answers may be slow by chance while the fault is on. */
const SLOW_BY_CHANCE = 2
/** Less than this part of what it gave before is less for a reason. */
const LESS_THAN_BEFORE = 0.8
/** The middle of the answers must be slower by this part of what the fault promises: a clock and a queue have a say too. */
const PART_OF_DELAY = 0.8

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

/** So many probes that a target with its fair share answers this many of them. */
const FAIR_ANSWERS = 10
const LATELY_US = 1_000_000

/** What left the rotation before it was struck costs nothing when it dies, and proves nothing. */
export const targetInRotation: ValidityRule = evidence => {
  const { events, frame, plan } = evidence
  const { name, id } = plan.target
  const advice = 'Why had the balancer taken it out? Let the system be steady, then run again.'
  const standing = standingBefore(events, id, frame.fault.lowerUs)
  if (typeof standing === 'object') {
    const seconds = ((frame.fault.lowerUs - standing.sinceUs) / 1e6).toFixed(1)
    const text = `${name} was out of rotation when it was struck (${standing.cause}, told ${seconds} s before), so that losing it could cost nothing.`
    return { code: 'target-out-of-rotation', text, advice }
  }
  if (standing === 'in' || lateAnswers(evidence) !== 0) return undefined
  const text = `${name} answered before, but none of the last probes before it was struck, so that losing it could cost nothing.`
  return { code: 'target-out-of-rotation', text, advice }
}

/** Of the last probes before the fault; `null` where answers do not tell who gave them. */
function lateAnswers({ frame, metrics, peerOf, plan }: Evidence): number | null {
  const { probes, baseline, periodUs } = frame
  if ((metrics.share.value?.before[plan.target.name] ?? 0) === 0) return null // another rule's
  const count = Math.max(Math.ceil(LATELY_US / periodUs), FAIR_ANSWERS * plan.peers.length)
  let answers = 0
  for (let index = Math.max(baseline.from, baseline.to - count); index < baseline.to; index += 1)
    if (probes.good[index] && peerOf(at(probes.instance, index))?.id === plan.target.id) answers += 1
  return answers
}

/**
 * Without a header that names who answered, without an error and without a word from the balancer, the
 * target may never have carried a request: nothing was lost by losing it, or nobody can tell.
 */
export const effectSeen: ValidityRule = evidence => {
  const { metrics, plan } = evidence
  if (metrics.share.value !== null || (metrics.lost_requests.value ?? 0) > 0 || isImpaired(evidence))
    return undefined
  return {
    code: 'effect-unseen',
    text: `Nothing shows that ${plan.target.name} carried traffic before the fault: no answer names who gave it, no probe was bad or slow, and no balancer told anything.`,
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

/** Of a fault that some traffic gets through, or gets through late, some must have been lost, late or led elsewhere. */
export const targetWasImpaired: ValidityRule = evidence => {
  const { plan, frame } = evidence
  const { effect } = plan.fault
  if (effect === 'silence' || effect === 'none-in-traffic' || isImpaired(evidence)) return undefined
  // Nothing that the balancer or a client could see: but slower by less than the band is slower too.
  if (typeof effect === 'object' && slowerByMs(evidence) !== null) return undefined
  const heldMs = Math.round((frame.healUs - frame.fault.upperUs) / 1000)
  return {
    code: 'fault-without-effect',
    text: `In the ${heldMs} ms that the ${plan.fault.kind} of ${plan.target.name} was on, no probe was bad, none was slow, and no less of them was answered by it than before.`,
    advice: 'Let the fault do more, or hold it longer; or choose a target that carries more.',
  }
}

/** What it still answers must be as much slower as the fault says. If it answers nothing at all, that is effect enough. */
export const targetWasSlower: ValidityRule = evidence => {
  const { effect, kind } = evidence.plan.fault
  if (typeof effect !== 'object') return undefined
  const slowerMs = slowerByMs(evidence)
  if (slowerMs === null || slowerMs >= PART_OF_DELAY * effect.slowerByMs) return undefined
  return {
    code: 'fault-without-effect',
    text: `While the ${kind} was on, the middle of what ${evidence.plan.target.name} answered took ${slowerMs.toFixed(0)} ms longer than before, and should have taken at least ${effect.slowerByMs} ms longer.`,
    advice:
      'Does the answering-instance header name the right container? Do its answers go past its own ports?',
  }
}

/** Something that goes through the target was lost, was late, or went elsewhere, while the fault was on. */
function isImpaired({ frame, metrics, peerOf, plan }: Evidence): boolean {
  if (metrics.detection_ms.value !== null) return true
  const { probes, fault, healUs } = frame
  if (frame.bad.some(index => at(probes.dueUs, index) < healUs)) return true
  const { target } = plan
  const shares = metrics.share.value
  if (shares && (shares.during[target.name] ?? 0) < LESS_THAN_BEFORE * (shares.before[target.name] ?? 0))
    return true
  let slow = 0
  for (let index = frame.firstTouched; index < probes.length; index += 1) {
    if (at(probes.sentUs, index) >= healUs || at(probes.endedUs, index) < fault.lowerUs) continue
    const peer = peerOf(at(probes.instance, index))
    if (isSlow(frame, index) && (peer === undefined || peer.id === target.id)) slow += 1
  }
  return slow > SLOW_BY_CHANCE
}

/** How much longer the middle of the target's answers took than before; `null` if it gave none, or nobody is named. */
function slowerByMs({ frame, peerOf, plan }: Evidence): number | null {
  const { probes, fault, healUs, baseline } = frame
  const middleMs = (from: number, to: number, counts: (index: number) => boolean) => {
    const latencies: number[] = []
    for (let index = from; index < to; index += 1) {
      const isTargets = peerOf(at(probes.instance, index))?.id === plan.target.id
      if (probes.good[index] && isTargets && counts(index))
        latencies.push(at(probes.endedUs, index) - at(probes.sentUs, index))
    }
    const middleUs = percentile(Uint32Array.from(latencies), 50)
    return middleUs === null ? null : middleUs / 1000
  }
  const before = middleMs(baseline.from, baseline.to, () => true)
  const during = middleMs(
    frame.firstTouched,
    probes.length,
    index => at(probes.sentUs, index) >= fault.upperUs + GRACE_US && at(probes.endedUs, index) < healUs,
  )
  return before === null || during === null ? null : during - before
}
