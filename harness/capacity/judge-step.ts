import { OUTCOMES } from '../history/sample.ts'
import { NEVER_SENT_US, type SampleColumns } from '../history/sample-row.ts'
import type { Step } from './step.ts'

/** What must hold at a rate for the system to carry it. */
export interface Limits {
  /** Share of requests that must be good, 0..1. */
  readonly minSuccess: number
  readonly maxP99Ms: number
}

/** A rate, and what came of it. Names are those of `capacity.json`'s readers: `verdict.json` has them as they are. */
export interface StepResult {
  readonly rate: number
  readonly passed: boolean
  /** Why not, in words; empty when it was carried. */
  readonly reasons: readonly string[]
  /** Whose fault it is that it was not carried; `null` when it was. */
  readonly blame: 'system' | 'machine' | null
  /** Good answers a second. */
  readonly achieved: number
  readonly requests: number
  readonly bad: number
  /** By outcome, of the bad ones. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Of good answers, from the time at which each request was due; `null` when there was none. */
  readonly p50_ms: number | null
  readonly p99_ms: number | null
  readonly seconds: number
  /** Share of all this machine's CPU time that was used, 0..1. */
  readonly busy: number
}

/** docs/capacity.md states the rule in full. */
export const RULE = {
  /** Part of the offered rate that must be answered, well or not: how well, is another matter. */
  achieved: 0.99,
  /** Standard deviations of what chance may take from that: requests that cross the edges of the step. */
  chance: 3,
  /** A machine that is busier than this has nothing left to give. */
  saturated: 0.95,
  /** The prober itself stood still for longer: it was the machine that was late. */
  stalledMs: 150,
} as const

/** From what ended within the step and nothing else: the same rows give the same result, live and from disk. */
export function judgeStep(step: Step, rows: SampleColumns, limits: Limits): StepResult {
  const { rate, fromUs, toUs, clients, ended } = step
  const seconds = (toUs - fromUs) / 1e6
  const { latenciesMs, outcomes, requests, unsent } = gather(rows, fromUs, toUs)
  const good = latenciesMs.length
  const bad = requests - good
  const [p50Ms, p99Ms] = [percentile(latenciesMs, 50), percentile(latenciesMs, 99)]
  const leastAnswers = RULE.achieved * rate * seconds - RULE.chance * Math.sqrt(clients / 2)

  const reasons: string[] = []
  if (requests > 0 && good / requests < limits.minSuccess)
    reasons.push(`${share(bad / requests)} of the requests failed (${namesOf(outcomes)})`)
  if (p99Ms === null) reasons.push('no request was answered well')
  else if (p99Ms > limits.maxP99Ms) reasons.push(`p99 ${p99Ms.toFixed(0)} ms, above ${limits.maxP99Ms} ms`)
  if (ended === 'whole' && requests < leastAnswers)
    reasons.push(`${Math.round(requests / seconds)} answers a second, of ${rate} asked for`)
  return {
    rate,
    passed: reasons.length === 0,
    reasons,
    blame: reasons.length === 0 ? null : isMachines(step, unsent) ? 'machine' : 'system',
    achieved: good / seconds,
    requests,
    bad,
    outcomes,
    p50_ms: p50Ms,
    p99_ms: p99Ms,
    seconds,
    busy: step.busy,
  }
}

/** A saturated machine is late, and makes the system late: nothing that goes wrong on it is a limit of the system. */
function isMachines({ busy, stalledMs }: Step, unsent: number): boolean {
  return busy >= RULE.saturated || unsent > 0 || stalledMs > RULE.stalledMs
}

function gather(rows: SampleColumns, fromUs: number, toUs: number) {
  const latencies: number[] = []
  const counts = new Map<string, number>()
  let requests = 0
  let unsent = 0
  for (let index = 0; index < rows.length; index += 1) {
    const endedUs = rows.endedUs[index] ?? 0
    if (endedUs < fromUs || endedUs >= toUs) continue
    requests += 1
    if (rows.sentUs[index] === NEVER_SENT_US) unsent += 1
    const outcome = OUTCOMES[rows.outcome[index] ?? 0] ?? 'malformed'
    if (outcome === 'ok') latencies.push((endedUs - (rows.dueUs[index] ?? 0)) / 1000)
    else counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  }
  const latenciesMs = Float64Array.from(latencies).sort()
  const outcomes = Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  return { latenciesMs, outcomes, requests, unsent }
}

/** Nearest rank. */
function percentile(sorted: Float64Array, percent: number): number | null {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null
}

function namesOf(outcomes: Readonly<Record<string, number>>): string {
  return Object.entries(outcomes)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ')
}

function share(part: number): string {
  return `${(100 * part).toFixed(part < 0.1 ? 2 : 0)} %`
}
