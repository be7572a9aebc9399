import pc from 'picocolors'
import type { CapacityVerdict, JudgedCondition } from '../capacity/judge-capacity.ts'
import type { ConditionResult } from '../capacity/judge-condition.ts'
import { modelLines } from './capacity-model.ts'
import { tableLines } from './table.ts'
import { grouped, ms } from './words.ts'

const HEADING = ['', 'carried', 'not carried', 'p50', 'p99', 'limited by']

/** A search's end for people: N, N−1, what limits them, the model. Lines of text. */
export function renderCapacitySummary(verdict: CapacityVerdict, { colour }: { colour: boolean }): string[] {
  const colours = pc.createColors(colour)
  const statuses = { pass: colours.green, fail: colours.red, inconclusive: colours.yellow }
  const rows = [
    ...(verdict.generator
      ? [rowOf('load generator', verdict.generator, generatorLimit(verdict.generator))]
      : []),
    ...verdict.conditions.map(condition => rowOf(condition.condition, condition, cappedBy(condition))),
  ]
  return [
    '',
    `${verdict.system}: ${statuses[verdict.status](headline(verdict))}`,
    '',
    ...tableLines([HEADING, ...rows], ['left', 'right', 'right', 'right', 'right']),
    '',
    ...verdict.reasons.map(reason => `  ${reason}`),
    ...verdict.cpu_shares.map(
      ({ cpus, services }) => `  Each instance of ${services.join(', ')} had ${cpus} CPUs for this search.`,
    ),
    `  ${whatWasFound(verdict)}`,
    ...adviceFor(verdict),
    '',
    ...modelLines(verdict).map(line => `  ${line}`),
  ]
}

/** Without a peak nothing was promised that could pass: it was measured. */
export function headline({ status, peak }: CapacityVerdict): string {
  return (status === 'pass' && peak === null ? 'measured' : status).toUpperCase()
}

/** N, N−1 and what they mean, in a sentence or two. */
export function whatWasFound({ n, n_minus_1: nMinus1, ratio, peak, conditions }: CapacityVerdict): string {
  if (n === null) return 'What the system carries is not known.'
  const capped = conditions.filter(({ limited_by }) => limited_by !== null && limited_by !== 'system')
  const names = capped.map(condition => `${condition.condition} (${cappedBy(condition)})`)
  const cap =
    capped.length > 0 ? ` Capped, so that these are no capacities of the system: ${names.join(', ')}.` : ''
  const loss =
    nMinus1 === null
      ? 'what is carried with a zone gone is not known'
      : `with a zone gone ${rate(nMinus1)} at worst${ratio === null ? '' : `, ${(100 * ratio).toFixed(0)} % of it`}`
  return `N: ${rate(n)} with all instances; ${loss}.${cap}${peakWords(peak, conditions)}`
}

/** What would make the system the limit, where it was not. */
function adviceFor({ conditions }: CapacityVerdict): string[] {
  const isCappedBy = (by: ConditionResult['limited_by']) =>
    conditions.some(condition => condition.limited_by === by)
  return [
    ...(isCappedBy('machine')
      ? [
          '  Take other work off this machine, or let instances use less of it with --cpus-per-instance, so that they are the limit.',
        ]
      : []),
    ...(isCappedBy('generator')
      ? [
          '  Let instances use less CPU with --cpus-per-instance, so that they are the limit, or use a larger machine.',
        ]
      : []),
  ]
}

/** `412/s` */
export function rate(value: number): string {
  return `${grouped(Math.round(value))}/s`
}

export function cappedBy({ limited_by: by }: Pick<ConditionResult, 'limited_by'>): string {
  switch (by) {
    case 'system':
      return 'the system'
    case 'machine':
      return 'this machine'
    case 'generator':
      return 'the load generator'
    case 'max-rate':
      return 'nothing higher was tried'
    case null:
      return 'not known'
  }
}

/** Against a server that does nothing there is no system to be the limit. */
export function generatorLimit(generator: ConditionResult): string {
  return generator.limited_by === 'system' ? 'itself' : cappedBy(generator)
}

function peakWords(peak: number | null, conditions: readonly JudgedCondition[]): string {
  if (peak === null) return ''
  const losses = conditions.filter(({ zone }) => zone !== null)
  const say = (answer: JudgedCondition['carries_peak']) =>
    losses.filter(({ carries_peak }) => carries_peak === answer).map(({ zone }) => zone)
  const [lost, unknown] = [say('no'), say('unknown')]
  if (lost.length > 0) return ` The peak of ${rate(peak)} does not survive the loss of ${lost.join(' or ')}.`
  if (unknown.length > 0 || losses.length === 0)
    return ` Whether the peak of ${rate(peak)} survives a lost zone is not known.`
  return ` The peak of ${rate(peak)} survives the loss of ${losses.length === 1 ? losses[0]?.zone : 'any one zone'}.`
}

function rowOf(name: string, { carried, failed, steps }: ConditionResult, limit: string): string[] {
  const best = steps.findLast(({ rate, passed }) => passed && rate === carried)
  const time = (value: number | null | undefined) => (value === null || value === undefined ? '–' : ms(value))
  return [
    name,
    carried === null ? '–' : rate(carried),
    failed === null ? '–' : rate(failed),
    time(best?.p50_ms),
    time(best?.p99_ms),
    limit,
  ]
}
