import { ZonefallError } from '../errors/zonefall-error.ts'
import {
  type Experiment,
  type ExperimentInput,
  experimentSchema,
  type Timing,
} from '../experiment/experiment.ts'
import { problemsIn } from '../experiment/problems.ts'
import { lineOf } from '../replay/experiment-of.ts'
import type { Told, ToldStrike } from './deed.ts'

export interface RecordedFacts {
  readonly told: Told
  readonly project: string
  readonly recordedAt: Date
  /** When all is over: the end of what was never undone. */
  readonly endUs: number
}

const WARM_UP_MS = 1500
const BASELINE_MS = 3000
const STEADY_WINDOW_MS = 5000
/** A little more than the steady window, so that a recovery can be seen. */
const RECOVERY_MS = 6500
const SHORTEST_HOLD_MS = 100

/** The experiment that does what was done, from the first deed on. At least one strike. */
export function recordedExperiment({ told, project, recordedAt, endUs }: RecordedFacts): ExperimentInput {
  const [first] = told.strikes
  if (!first) throw new RangeError('an experiment of nothing')
  const sinceFirstMs = (us: number) => Math.max(0, Math.round((us - first.began.atUs) / 1000))
  const untilMs = ({ ended }: ToldStrike) => sinceFirstMs(ended?.atUs ?? endUs)
  const holdMs = Math.max(SHORTEST_HOLD_MS, ...told.strikes.map(untilMs))
  const timing: Timing = {
    warmUpMs: WARM_UP_MS,
    baselineMs: BASELINE_MS,
    holdMs,
    recoveryMs: RECOVERY_MS,
    steadyWindowMs: STEADY_WINDOW_MS,
  }
  return {
    name: `recorded-${project.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-')}`,
    title: `What was done to ${project} by hand on ${recordedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    shows: 'the same again',
    expected: 'what was recorded',
    faults: told.strikes.map(strike =>
      lineOf(
        {
          fault: strike,
          target: strike.target,
          atMs: sinceFirstMs(strike.began.atUs),
          untilMs: untilMs(strike),
        },
        holdMs,
      ),
    ),
    timing,
    load: { ratePerSecond: 0 },
    steadyState: { minSuccess: 0.99, maxP99Ms: 1000 },
    slos: ['censored count == 0'],
  }
}

/** Errors: EXPERIMENT_INVALID, when more was done, or for longer, than an experiment can say. */
export function requireExperiment(input: ExperimentInput): Experiment {
  const parsed = experimentSchema.safeParse(input)
  if (parsed.success) return parsed.data
  const problems = problemsIn(parsed.error.issues, experimentSchema).map(({ text }) => text)
  throw new ZonefallError(
    'EXPERIMENT_INVALID',
    `What was done is more than an experiment can say (${problems.join('; ')}).`,
    { advice: 'Record again, and do less in one go.' },
  )
}
