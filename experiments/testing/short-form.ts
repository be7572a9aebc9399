import type { Experiment } from '../../harness/experiment/experiment.ts'
import { parseSlo } from '../../harness/verdict/slo.ts'

/**
 * What a limit is worth on a machine of which nothing is known; and no more: one of three that nobody takes out costs
 * a third of the hold, and lasts as long as it does. A limit above that could not fail.
 */
const LENIENCE = 1.75
/** The error window's bracket is as wide as the machine is busy; the other metrics say the same, less sharply. */
const TOO_SHARP = 'error_window_ms'
const LONGEST_HOLD_MS = 6000
const SYSTEM_IS_UP_MS = 300

/**
 * The same experiment in a few seconds, for a test that asks whether its outcome is the one that it expects, and not
 * by how much. The window that counts as steady is shorter than an experiment may say.
 */
export function shortForm(experiment: Experiment): Experiment {
  const holdMs = comesAndGoes(experiment)
    ? experiment.timing.holdMs
    : Math.min(experiment.timing.holdMs, LONGEST_HOLD_MS)
  const warmUpMs = experiment.system ? experiment.timing.warmUpMs : SYSTEM_IS_UP_MS
  const part = holdMs / experiment.timing.holdMs
  return {
    ...experiment,
    timing: { warmUpMs, baselineMs: 1500, holdMs, recoveryMs: 12_000, steadyWindowMs: 2000 },
    load: { ratePerSecond: Math.min(experiment.load.ratePerSecond, 20), connections: 5 },
    // Nobody's answers are judged by how soon they come on a machine that does other things as well.
    probes: { ...experiment.probes, ratePerSecond: 50, deadlineMs: 3000 },
    steadyState: { ...experiment.steadyState, maxP99Ms: 2000 },
    slos: experiment.slos
      .filter(rule => parseSlo(rule).metric !== TOO_SHARP)
      .map(rule => lenient(rule, part)),
  }
}

/** Its instants are said in seconds of the hold. */
function comesAndGoes({ faults }: Experiment): boolean {
  return faults.some(({ atMs, everyMs, forMs }) => atMs > 0 || everyMs !== undefined || forMs !== undefined)
}

/** What must stay below a time may be longer; what must last has half of the hold's part of it to last. */
function lenient(rule: string, part: number): string {
  const { metric, aggregate, operator, limit } = parseSlo(rule)
  if (!metric.endsWith('_ms') || aggregate.kind === 'percentile') return rule
  const factor = operator.startsWith('>') ? part / 2 : LENIENCE
  return `${metric} ${aggregate.kind} ${operator} ${Math.round(limit * factor)}`
}
