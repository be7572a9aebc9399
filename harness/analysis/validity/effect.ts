import { strikesOf } from '../../plan/trial-plan.ts'
import { isSlow } from '../frame.ts'
import { leftRotation } from '../metrics/detection.ts'
import { groupOf } from '../peers.ts'
import { percentile } from '../percentile.ts'
import { at } from '../probes.ts'
import type { Struck } from '../struck.ts'
import { struckByUs, struckFromUs, undoneUs, upAgainAfterUs } from '../up-again.ts'
import { watchedStrikes } from '../watched-targets.ts'
import type { Evidence, Invalidity, ValidityRule } from './rule.ts'

/** An answer that was on its way may still arrive: only what was sent this long after the fault counts against it. */
const GRACE_US = 100_000
/** So many answers may be slow by chance while the fault is on. */
const SLOW_BY_CHANCE = 2
/** Less than this part of what it gave before is less for a reason. */
const LESS_THAN_BEFORE = 0.8
/** The middle of the answers must be slower by this part of what the fault promises: a clock and a queue have a say too. */
const PART_OF_DELAY = 0.8

/** Asked of each strike by itself; the first that does not hold is told. */
function ofEach(rule: (evidence: Evidence, struck: Struck) => Invalidity | undefined): ValidityRule {
  return evidence => {
    for (const struck of watchedStrikes(evidence.frame)) {
      const invalidity = rule(evidence, struck)
      if (invalidity) return invalidity
    }
    return undefined
  }
}

/**
 * Without a header that names who answered, without an error and without a word from the balancer, the
 * target may never have carried a request: nothing was lost by losing it, or nobody can tell. Where no fault
 * need show in traffic, each is proven by what was read back.
 */
export const effectSeen: ValidityRule = evidence => {
  const { metrics, plan, frame } = evidence
  if (strikesOf(plan).every(({ fault }) => fault.effect === 'none-in-traffic')) return undefined
  if (metrics.share.value !== null || (metrics.lost_requests.value ?? 0) > 0) return undefined
  if (watchedStrikes(frame).some(struck => isImpaired(evidence, struck))) return undefined
  return {
    code: 'effect-unseen',
    text: `Nothing shows that ${plan.target.name} carried traffic before the fault: no answer names who gave it, no probe was bad or slow, and no balancer told anything.`,
    advice:
      'Let each instance name itself in a response header, and name that header with --instance-header.',
  }
}

/** A dead container answers nothing: if it does, before it can have been started again, the fault did not take hold. */
export const targetWentQuiet = ofEach(({ frame, groups }, struck) => {
  const { fault, target } = struck.strike
  if (fault.effect !== 'silence') return undefined
  const { probes, endUs } = frame
  const { peerOf } = groupOf(groups, target)
  const fromUs = struckByUs(frame, struck) + GRACE_US
  const untilUs = upAgainAfterUs(frame, struck) ?? endUs
  let answers = 0
  for (let index = frame.firstTouched; index < probes.length; index += 1) {
    if (!probes.good[index] || at(probes.sentUs, index) < fromUs || at(probes.endedUs, index) >= untilUs)
      continue
    if (peerOf(at(probes.instance, index))?.id === target.id) answers += 1
  }
  if (answers === 0) return undefined
  return {
    code: 'fault-without-effect',
    text: `${target.name} still answered ${answers} probe${answers === 1 ? '' : 's'} that were sent when it should have been dead.`,
    advice: 'Does the answering-instance header name the right container?',
  }
})

/** Of a fault that some traffic gets through, or gets through late, some must have been lost, late or led elsewhere. */
export const targetWasImpaired = ofEach((evidence, struck) => {
  const { frame } = evidence
  const { fault, target } = struck.strike
  const { effect, kind } = fault
  if (effect === 'silence' || effect === 'none-in-traffic' || isImpaired(evidence, struck)) return undefined
  // Nothing that the balancer or a client could see: but slower by less than the band is slower too.
  if (typeof effect === 'object' && slowerByMs(evidence, struck) !== null) return undefined
  const heldMs = Math.round((healUsOf(evidence, struck) - struckByUs(frame, struck)) / 1000)
  return {
    code: 'fault-without-effect',
    text: `In the ${heldMs} ms that the ${kind} of ${target.name} was on, no probe was bad, none was slow, and no less of them was answered by it than before.`,
    advice: 'Let the fault do more, or hold it longer; or choose a target that carries more.',
  }
})

/** What it still answers must be as much slower as the fault says. If it answers nothing at all, that is effect enough. */
export const targetWasSlower = ofEach((evidence, struck) => {
  const { fault, target } = struck.strike
  const { effect, kind } = fault
  if (typeof effect !== 'object') return undefined
  const slowerMs = slowerByMs(evidence, struck)
  if (slowerMs === null || slowerMs >= PART_OF_DELAY * effect.slowerByMs) return undefined
  return {
    code: 'fault-without-effect',
    text: `While the ${kind} was on, the middle of what ${target.name} answered took ${slowerMs.toFixed(0)} ms longer than before, and should have taken at least ${effect.slowerByMs} ms longer.`,
    advice:
      'Does the answering-instance header name the right container? Do its answers go past its own ports?',
  }
})

function healUsOf({ frame }: Evidence, struck: Struck): number {
  return undoneUs(frame, struck) ?? frame.endUs
}

/** Something that goes through the target was lost, was late, or went elsewhere, while the fault was on. */
function isImpaired(evidence: Evidence, struck: Struck): boolean {
  const { frame, metrics, groups } = evidence
  const { target } = struck.strike
  const { probes } = frame
  const fromUs = struckFromUs(frame, struck)
  const healUs = healUsOf(evidence, struck)
  if (leftRotation(frame, target.id, { fromUs, untilUs: healUs })) return true
  if (frame.bad.some(index => isOn(at(probes.dueUs, index), at(probes.endedUs, index)))) return true
  const shares = metrics.share.value
  if (shares && (shares.during[target.name] ?? 0) < LESS_THAN_BEFORE * (shares.before[target.name] ?? 0))
    return true
  const { peerOf } = groupOf(groups, target)
  let slow = 0
  for (let index = frame.firstTouched; index < probes.length; index += 1) {
    if (at(probes.sentUs, index) >= healUs || at(probes.endedUs, index) < fromUs) continue
    const peer = peerOf(at(probes.instance, index))
    if (isSlow(frame, index) && (peer === undefined || peer.id === target.id)) slow += 1
  }
  return slow > SLOW_BY_CHANCE

  function isOn(dueUs: number, endedUs: number): boolean {
    return dueUs < healUs && endedUs >= fromUs
  }
}

/** How much longer the middle of the target's answers took than before; `null` if it gave none, or nobody is named. */
function slowerByMs(evidence: Evidence, struck: Struck): number | null {
  const { frame, groups } = evidence
  const { target } = struck.strike
  const { probes, baseline } = frame
  const { peerOf } = groupOf(groups, target)
  const healUs = healUsOf(evidence, struck)
  const middleMs = (from: number, to: number, counts: (index: number) => boolean) => {
    const latencies: number[] = []
    for (let index = from; index < to; index += 1) {
      const isTargets = peerOf(at(probes.instance, index))?.id === target.id
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
    index =>
      at(probes.sentUs, index) >= struckByUs(frame, struck) + GRACE_US && at(probes.endedUs, index) < healUs,
  )
  return before === null || during === null ? null : during - before
}
