import type { TrialHistory } from '../analysis/frame.ts'
import type { ProbeSettings } from '../experiment/experiment.ts'
import type { ContainerRef, HistoryEvent } from '../history/event.ts'
import { emptyColumns, type SampleColumns } from '../history/sample-row.ts'
import type { TrueOutage } from './outage.ts'

/** The probes of one outage and of the quiet before and after it, in µs since the origin. */
export interface Slice {
  readonly fromUs: number
  readonly toUs: number
}

export interface RecordedOutage {
  readonly outage: TrueOutage
  readonly originNs: bigint
  readonly slice: Slice
  readonly probes: ProbeSettings
  /** Of the whole session. */
  readonly samples: SampleColumns
  readonly health: readonly HistoryEvent[]
}

/** What its brackets are held against in a calibration: the narrowest that docs/measurement.md asks of any trial. */
const LIMIT_MS = 1000

const SERVER: ContainerRef = {
  id: 'calibration',
  name: 'the calibration’s server',
  service: null,
  zone: null,
  tier: null,
}

/**
 * An outage as the history of a trial, so that what is calibrated is the very analysis that judges trials. The
 * fault's instant is the only thing that it is told of the truth, and the error window does not depend on it.
 */
export function outageHistory(recorded: RecordedOutage): TrialHistory {
  const { outage, originNs, slice, probes, samples, health } = recorded
  const us = (ns: bigint) => Number(ns - originNs) / 1000
  const struck = { atUs: us(outage.began.fromNs), returnedUs: us(outage.began.toNs) }
  const healed = { atUs: us(outage.ended.fromNs), returnedUs: us(outage.ended.toNs) }
  const call = { type: 'fault', fault: outage.way, container: SERVER } as const
  const sameClock = { type: 'clock', lowerUs: 0, upperUs: 0 } as const
  return {
    plan: {
      experiment: 'calibration',
      trial: 1,
      trials: 1,
      seed: 0,
      url: 'http://127.0.0.1/',
      fault: { kind: outage.way, effect: 'silence' },
      target: SERVER,
      peers: [SERVER],
      timing: { warmUpMs: 0, baselineMs: 1000, holdMs: 1000, recoveryMs: 1000, steadyWindowMs: 5000 },
      phaseMs: 0,
      probes,
      load: { ratePerSecond: 0, connections: 1 },
      steadyState: { minSuccess: 1, maxP99Ms: 250 },
      instanceHeader: 'x-zonefall-path',
      slos: [`error_window_ms max < ${LIMIT_MS}`],
    },
    events: [
      { ...sameClock, atUs: slice.fromUs },
      { type: 'phase', phase: 'baseline', atUs: slice.fromUs },
      { ...call, action: 'inject', ...struck },
      {
        type: 'fault-verified',
        action: 'inject',
        container: SERVER,
        ok: true,
        detail: outage.way,
        atUs: struck.atUs,
      },
      { ...call, action: 'heal', ...healed },
      ...health.filter(({ atUs }) => atUs >= slice.fromUs && atUs <= slice.toUs + 1_000_000),
      { type: 'phase', phase: 'done', atUs: slice.toUs },
      { ...sameClock, atUs: slice.toUs },
    ],
    samples: rowsWithin(samples, slice),
  }
}

function rowsWithin(samples: SampleColumns, { fromUs, toUs }: Slice): SampleColumns {
  const rows = [...samples.dueUs.keys()].filter(row => {
    const dueUs = samples.dueUs[row] ?? 0
    return dueUs >= fromUs && dueUs < toUs
  })
  const columns = emptyColumns(rows.length)
  const { length: _, ...names } = columns
  for (const name of Object.keys(names) as (keyof typeof names)[]) {
    for (const [index, row] of rows.entries()) columns[name][index] = samples[name][row] ?? 0
  }
  return columns
}
