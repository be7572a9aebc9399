import { join } from 'node:path'
import type { Calibration } from '../calibration/judge-calibration.ts'
import { fewestTrials } from '../comparison/regression-rule.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { Experiment } from '../experiment/experiment.ts'
import type { GateRecord } from '../gate/gate-record.ts'
import { metricsToCompare } from '../gate/judge-gate.ts'
import type { Preparation } from '../gate/prepare-tree.ts'
import type { Sides } from '../gate/sides.ts'
import { describePlan } from '../plan/describe-plan.ts'
import { makePlan } from '../plan/make-plan.ts'
import { parseTarget } from '../plan/parse-selector.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import type { Progress } from '../terminal/progress.ts'
import { mostTrials } from '../verdict/another-trial.ts'
import { requireEnoughTrials } from '../verdict/slo.ts'
import type { CommandContext } from './context.ts'
import type { Session } from './session.ts'
import { commandLine, type SystemOptions } from './system-options.ts'

export interface GateOptions extends SystemOptions {
  readonly baseline: string
  readonly prepare?: string
  readonly target?: string
  readonly trials: number
  readonly seed?: number
  readonly out?: string
  readonly json?: true
}

/** What a gate has decided before it touches anything. */
export interface Gate {
  readonly experiment: Experiment
  /** What the user called it: a name of the library, or a file. */
  readonly given: string
  readonly seed: number
  readonly options: GateOptions
  readonly session: Session
  readonly context: CommandContext
  readonly observer: Progress
}

export function requireComparable({ name, slos }: Experiment, { trials }: GateOptions): void {
  const fewest = fewestTrials()
  if (trials < fewest)
    throw new ZonefallError(
      'USAGE',
      `With ${trials} trial${trials === 1 ? '' : 's'} of each side no difference, however large, can be told from chance.`,
      { advice: `Run with --trials ${fewest} or more; 5 is the default.` },
    )
  requireEnoughTrials(slos, trials)
  if (metricsToCompare(slos).length === 0)
    throw new ZonefallError('USAGE', `No SLO of ${name} speaks of a metric that can be compared.`, {
      advice: 'Add one on a time, a count or a share, e.g. `error_window_ms max < 2500`.',
    })
}

export function preparationOf({ options, session, context }: Gate): Preparation {
  const line = options.prepare ?? session.prepare
  if (line !== undefined) return { kind: 'shell', line }
  const isReference = session.project.file === join(context.packageRoot, 'docker-compose.yml')
  return isReference ? { kind: 'bundle', packageRoot: context.packageRoot } : { kind: 'none' }
}

/** Of one seed, so that both sides lose the same machine at the same moments, as far as both have it. */
export function planOf(project: ComposeProject, { experiment, seed, options, session }: Gate) {
  const target = options.target ?? session.target
  return makePlan({
    experiment,
    project,
    keys: session.keys,
    target: target === undefined ? undefined : parseTarget(target),
    trials: options.trials,
    mostTrials: mostTrials(2 * options.trials),
    seed,
  })
}

export function sayPlan({ baseline, candidate }: Sides, { experiment, options, seed, observer }: Gate): void {
  const { trials } = options
  observer.remark(
    `${experiment.name}: ${describePlan(candidate.plan).join('; ')}; ` +
      `${trials} times in this tree and ${trials} times in ${baseline}; twice as often if a metric looks worse; seed ${seed}`,
  )
}

/** How to have the same gate again. */
export function rerunCommand({ given, seed, options }: Gate): string {
  return commandLine(['npx zonefall gate', given], options, [
    ['--baseline', options.baseline],
    ['--prepare', options.prepare === undefined ? undefined : JSON.stringify(options.prepare)],
    ['--target', options.target],
    ['--seed', String(seed)],
    ['--trials', String(options.trials)],
  ])
}

export function recordOf(
  { baseline }: Sides,
  { status, reasons }: Calibration,
  { experiment, seed, options, session }: Gate,
): GateRecord {
  return {
    schema: 1,
    experiment: experiment.name,
    system: session.project.name,
    seed,
    trials: options.trials,
    slos: experiment.slos,
    sampling: { probes: experiment.probes, timing: experiment.timing },
    baseline,
    calibration: { status, reasons },
  }
}
