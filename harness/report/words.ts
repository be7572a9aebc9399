import type { Analysis } from '../analysis/analyse.ts'
import type { Bracketed, Measured } from '../analysis/metrics.ts'
import { type Strike, strikesOf, type TrialPlan, targetsOf } from '../plan/trial-plan.ts'

/** `6 812 ms`; below 10 ms with a decimal. */
export function ms(value: number): string {
  return `${grouped(Math.abs(value) < 10 && value !== 0 ? Number(value.toFixed(1)) : Math.round(value))} ms`
}

export function grouped(value: number): string {
  const [whole = '', fraction] = String(value).split('.')
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f')
  return fraction === undefined ? spaced : `${spaced}.${fraction}`
}

/** `6 812 ms (6 790–6 835)` */
export function bracketed({ value, lower, upper }: Bracketed): string {
  const bound = (edge: number) => grouped(Math.round(edge))
  return `${ms(value)} (${bound(lower)}–${bound(upper)})`
}

/** What was measured, or a dash: the reason stands elsewhere. */
export function shown<T>(measured: Measured<T>, show: (value: T) => string): string {
  return measured.value === null ? '–' : show(measured.value)
}

/** The one sentence at the top: what was lost, how long it hurt, when all was well again. */
export function sentence(plan: TrialPlan, { metrics, validity, withheld = [] }: Analysis): string {
  if (validity.status === 'invalid') {
    return `This trial says nothing: ${validity.reasons.map(({ text, advice }) => `${text} ${advice}`).join(' ')}`
  }
  const bad = metrics.lost_requests.value ?? 0
  const share = metrics.bad_share.value ?? 0
  const total = share > 0 ? Math.round(bad / share) : null
  const cost =
    bad === 0 ? 'cost no probe' : `cost ${grouped(bad)} of ${total === null ? 'the' : grouped(total)} probes`
  const window = metrics.error_window_ms.value
  const parts = [
    `${lostBy(plan, withheld)}, ${cost}${bad > 0 && window ? ` over ${duration(window.value)}` : ''}`,
    shown(
      metrics.detection_ms,
      ({ value }) =>
        `the balancer took ${targetsOf(plan).length - withheld.length > 1 ? 'them' : 'it'} out after ${ms(value)}`,
    ),
    shown(metrics.recovery_ms, value =>
      value === 0 ? 'the steady state was never left' : `all was steady again after ${duration(value)}`,
    ),
    shown(metrics.capacity_restored_ms, value => `full capacity was back after ${duration(value)}`),
  ]
  return `${parts.filter(part => part !== '–').join('; ')}.`
}

/** Losing the target, one of its peers; or all that was struck at once; or what a timeline did to them. */
function lostBy(plan: TrialPlan, withheld: readonly string[]): string {
  const strikes = strikesOf(plan)
  const names = targetsOf(plan).map(({ name }) => name)
  const [first] = strikes
  const isAtOnce = strikes.every(({ atMs, afterReady }) => atMs === first?.atMs && afterReady === undefined)
  if (strikes.length > names.length || !isAtOnce)
    return `A timeline of ${doneWords(strikes, withheld).join(', ')}`
  return `Losing ${names.length > 1 ? `${names.join(' and ')} at once` : `${names[0]}, one of ${plan.peers.length}`}`
}

/** What a trial did: `kill gateway-a-1`, or of a timeline each line. */
export function done(plan: TrialPlan): string {
  return doneWords(strikesOf(plan), []).join(', ')
}

/** `pause gateway-a-1 (3 times)`, one for each line of the timeline. */
function doneWords(strikes: readonly Strike[], withheld: readonly string[]): string[] {
  return [...Map.groupBy(strikes, ({ entry }) => entry).values()].map(ofEntry => {
    const names = [...new Set(ofEntry.map(({ target }) => target.name))]
    const struck = names.filter(name => !withheld.includes(name))
    const left = names.filter(name => withheld.includes(name))
    return `${ofEntry[0]?.fault.kind} ${struck.join(' and ')}${manner(ofEntry, names.length)}${left.length > 0 ? `, which left ${left.join(' and ')} alone` : ''}`
  })
}

/** How often, or in which order, if that is not once and together. */
function manner(strikes: readonly Strike[], targets: number): string {
  const times = strikes.length / targets
  if (times > 1) return ` (${Math.ceil(times)} times)`
  const inTurn = strikes.some(({ afterReady, atMs }) => afterReady !== undefined || atMs !== strikes[0]?.atMs)
  return inTurn ? ' (one after another)' : ''
}

/** Milliseconds below a second, seconds above. */
function duration(valueMs: number): string {
  return valueMs < 1000 ? ms(valueMs) : `${(valueMs / 1000).toFixed(1)} s`
}
