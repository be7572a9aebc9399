import type { SteadyState, Timing } from '../../experiment/experiment.ts'
import type { ContainerRef, HistoryEvent } from '../../history/event.ts'
import { OUTCOMES, type Outcome, STREAMS } from '../../history/sample.ts'
import { emptyColumns, NEVER_SENT_US, type SampleColumns } from '../../history/sample-row.ts'
import type { TrialPlan } from '../../plan/trial-plan.ts'
import type { TrialHistory } from '../frame.ts'

/**
 * A trial as a real prober would have recorded it, of a system whose truth is known. Times in ms since the
 * fault's true instant, which the history only tells to within the engine's call.
 */
export interface Scenario {
  readonly ratePerSecond?: number
  readonly deadlineMs?: number
  readonly timing?: Partial<Timing>
  readonly steadyState?: SteadyState
  readonly slos?: readonly string[]
  readonly faultKind?: string
  readonly effect?: TrialPlan['fault']['effect']
  /** Number of containers that share the work; the target is the first of them. Default 3. */
  readonly peers?: number
  readonly outages?: readonly Outage[]
  /** How late probe k is sent; none overtakes the one before it. */
  readonly lateMs?: (k: number, sinceFaultMs: number) => number
  readonly latencyMs?: (k: number, sinceFaultMs: number) => number
  /** At which part of its latency, 0 to 1, a probe meets the system. */
  readonly meetsAt?: (k: number) => number
  readonly isUnsent?: (k: number, sinceFaultMs: number) => boolean
  /** Which peer answers; `null` for a header that is not there. */
  readonly answeredBy?: (k: number, sinceFaultMs: number) => number | null
  /** Default: at the end of the hold. `null`: never undone. */
  readonly healMs?: number | null
  readonly moreEvents?: (place: Place) => readonly HistoryEvent[]
  readonly keeps?: (event: HistoryEvent) => boolean
}

export interface Outage {
  readonly fromMs: number
  readonly toMs: number
  /** How those fare that meet it. */
  readonly manner: Manner
  /** Which it concerns; default all. */
  readonly hits?: (k: number) => boolean
}
export type Manner = 'refused' | 'reset' | 'status' | 'silence'

export interface Place {
  /** µs since the origin of an instant in ms since the fault. */
  readonly us: (sinceFaultMs: number) => number
  readonly peers: readonly ContainerRef[]
  readonly target: ContainerRef
}

const TIMING: Timing = {
  warmUpMs: 500,
  baselineMs: 2000,
  holdMs: 3000,
  recoveryMs: 4000,
  steadyWindowMs: 1000,
}

export function historyOf(scenario: Scenario = {}): TrialHistory {
  const plan = planOf(scenario)
  const { warmUpMs, baselineMs } = plan.timing
  const us = (sinceFaultMs: number) => Math.round((warmUpMs + baselineMs + sinceFaultMs) * 1000)
  const place = { us, peers: plan.peers, target: plan.target }
  return { plan, events: eventsOf(scenario, plan, place), samples: samplesOf(probesOf(scenario, plan, us)) }
}

function planOf(scenario: Scenario): TrialPlan {
  const peers = Array.from({ length: scenario.peers ?? 3 }, (_, index) => peer(index))
  const [target] = peers
  if (!target) throw new RangeError('no peers')
  return {
    experiment: 'gateway-kill',
    trial: 1,
    trials: 1,
    seed: 7,
    url: 'http://127.0.0.1:8080/',
    fault: { kind: scenario.faultKind ?? 'kill', effect: scenario.effect ?? 'silence' },
    target,
    peers,
    timing: { ...TIMING, ...scenario.timing },
    phaseMs: 0,
    probes: {
      ratePerSecond: scenario.ratePerSecond ?? 100,
      deadlineMs: scenario.deadlineMs ?? 1000,
      method: 'GET',
      headers: {},
      expect: {},
    },
    load: { ratePerSecond: 0, connections: 1 },
    steadyState: scenario.steadyState ?? { minSuccess: 0.999, maxP99Ms: 250 },
    instanceHeader: 'x-instance',
    slos: scenario.slos ?? ['error_window_ms max < 2500'],
  }
}

function peer(index: number): ContainerRef {
  const letter = 'abcdefghij'[index] ?? 'z'
  const id = letter.repeat(64).replace(/[g-z]/g, '0')
  return {
    id,
    name: `gateway-${letter}`,
    service: `gateway-${letter}`,
    zone: `zone-${letter}`,
    tier: 'gateway',
  }
}

function eventsOf(scenario: Scenario, plan: TrialPlan, place: Place): HistoryEvent[] {
  const { us, target } = place
  const { warmUpMs, baselineMs, holdMs, recoveryMs } = plan.timing
  const fault = plan.fault.kind
  const healMs = scenario.healMs === undefined ? holdMs : scenario.healMs
  const clock = { type: 'clock', lowerUs: 1_700_000_000_000_000, upperUs: 1_700_000_000_004_000 } as const
  const call = { type: 'fault', fault, container: target } as const
  const events: HistoryEvent[] = [
    { ...clock, atUs: 0 },
    { type: 'phase', phase: 'warm-up', atUs: us(-baselineMs - warmUpMs) },
    ...plan.peers.map(({ id }, index): HistoryEvent => {
      return {
        type: 'instance',
        index: index + 1,
        value: `${id.slice(0, 12)}, ${'9'.repeat(12)}`,
        atUs: us(-baselineMs),
      }
    }),
    { type: 'phase', phase: 'baseline', atUs: us(-baselineMs) },
    { type: 'phase', phase: 'fault', atUs: us(-2) },
    { ...call, action: 'inject', atUs: us(-2), returnedUs: us(4) },
    { type: 'fault-verified', action: 'inject', container: target, ok: true, detail: 'exited', atUs: us(10) },
    { type: 'engine', action: 'finished', container: target, exitCode: 137, atUs: us(0), errorUs: 2000 },
    { type: 'phase', phase: 'recovery', atUs: us(holdMs) },
    ...(healMs === null
      ? []
      : ([{ ...call, action: 'heal', atUs: us(healMs), returnedUs: us(healMs + 50) }] as const)),
    { type: 'phase', phase: 'done', atUs: us(holdMs + recoveryMs) },
    { ...clock, atUs: us(holdMs + recoveryMs + 20) },
    ...(scenario.moreEvents?.(place) ?? []),
  ]
  return events.filter(scenario.keeps ?? (() => true)).sort((a, b) => a.atUs - b.atUs)
}

interface Probe {
  readonly dueUs: number
  readonly sentUs: number
  readonly endedUs: number
  readonly outcome: Outcome
  readonly instance: number
}

function probesOf(scenario: Scenario, plan: TrialPlan, us: (ms: number) => number): Probe[] {
  const { warmUpMs, baselineMs, holdMs, recoveryMs } = plan.timing
  const periodMs = 1000 / plan.probes.ratePerSecond
  const startMs = -warmUpMs - baselineMs + 1.3 // not in step with the phases
  const answeredBy =
    scenario.answeredBy ?? ((k, ms) => rotation(k, ms, plan.peers.length, scenario.healMs ?? holdMs))
  const probes: Probe[] = []
  let previousMs = Number.NEGATIVE_INFINITY
  for (let k = 0; startMs + k * periodMs < holdMs + recoveryMs; k += 1) {
    const dueMs = startMs + k * periodMs
    const sentMs = Math.max(previousMs, dueMs + (scenario.lateMs?.(k, dueMs) ?? 0.1))
    previousMs = sentMs
    const latencyMs = scenario.latencyMs?.(k, dueMs) ?? 2
    const metMs = sentMs + latencyMs * (scenario.meetsAt?.(k) ?? 0.5)
    const outage = scenario.outages?.find(
      ({ fromMs, toMs, hits }) => metMs >= fromMs && metMs <= toMs && (hits?.(k) ?? true),
    )
    const end = endOf(outage, { sentMs, metMs, latencyMs, deadlineMs: plan.probes.deadlineMs })
    const answerer = answeredBy(k, dueMs)
    const isUnsent = scenario.isUnsent?.(k, dueMs) ?? false
    probes.push({
      dueUs: us(dueMs),
      sentUs: isUnsent ? NEVER_SENT_US : Math.max(us(dueMs), us(sentMs)),
      endedUs: us(end.endedMs),
      outcome: isUnsent ? 'unsent' : end.outcome,
      instance: end.outcome === 'ok' && answerer !== null ? answerer + 1 : 0,
    })
  }
  return probes
}

/** The peers in turn; from the fault to its undoing without the first. */
function rotation(k: number, sinceFaultMs: number, peers: number, healMs: number): number {
  const isOut = sinceFaultMs >= 0 && sinceFaultMs < healMs && peers > 1
  return isOut ? 1 + (k % (peers - 1)) : k % peers
}

interface Flight {
  readonly sentMs: number
  readonly metMs: number
  readonly latencyMs: number
  readonly deadlineMs: number
}

function endOf(outage: Outage | undefined, flight: Flight): { endedMs: number; outcome: Outcome } {
  const { sentMs, metMs, latencyMs, deadlineMs } = flight
  if (outage?.manner === 'silence') return { endedMs: sentMs + deadlineMs, outcome: 'deadline' }
  if (outage) return { endedMs: metMs + 0.2, outcome: outage.manner }
  return { endedMs: sentMs + latencyMs, outcome: 'ok' }
}

/** In the order in which they ended, as the file has them. */
function samplesOf(probes: Probe[]): SampleColumns {
  const columns = emptyColumns(probes.length)
  for (const [row, probe] of probes.toSorted((a, b) => a.endedUs - b.endedUs).entries()) {
    columns.dueUs[row] = probe.dueUs
    columns.sentUs[row] = probe.sentUs
    columns.endedUs[row] = probe.endedUs
    columns.outcome[row] = OUTCOMES.indexOf(probe.outcome)
    columns.stream[row] = STREAMS.indexOf('probe')
    columns.status[row] = { ok: 200, status: 503 }[probe.outcome as 'ok' | 'status'] ?? 0
    columns.instance[row] = probe.instance
  }
  return columns
}

/** The same samples in another order of rows. */
export function reordered(samples: SampleColumns, order: readonly number[]): SampleColumns {
  const columns = emptyColumns(order.length)
  for (const [row, from] of order.entries()) {
    for (const name of COLUMNS) columns[name][row] = samples[name][from] ?? 0
  }
  return columns
}

const COLUMNS = [
  'dueUs',
  'sentUs',
  'endedUs',
  'status',
  'outcome',
  'stream',
  'connection',
  'instance',
] as const
