import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fewestTrials } from '../comparison/regression-rule.ts'
import type { ExitCode } from '../errors/exit-codes.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { Experiment } from '../experiment/experiment.ts'
import { loadExperiment } from '../experiment/load-experiment.ts'
import { analyseGate, weighGate } from '../gate/analyse-gate.ts'
import { calibrateFirst } from '../gate/calibrate-first.ts'
import { type GateRecord, writeGateRecord } from '../gate/gate-record.ts'
import { metricsToCompare } from '../gate/judge-gate.ts'
import type { Preparation } from '../gate/prepare-tree.ts'
import { drawFirsts, nextTrial } from '../gate/rounds.ts'
import { runGate } from '../gate/run-gate.ts'
import { openSides, type Side, type Sides } from '../gate/sides.ts'
import { gateNameOf, withWorkspace } from '../gate/workspace.ts'
import { makePlan } from '../plan/make-plan.ts'
import { memberName } from '../plan/members.ts'
import { parseSelector } from '../plan/parse-selector.ts'
import { renderGateSummary } from '../report/gate-summary.ts'
import { claimRunFolder, createRunFolder, type RunFolder } from '../results/run-folder.ts'
import { takeLock } from '../state/lock.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import { parseEntryUrl, planEntry } from '../system/entry-point.ts'
import { requireAbsent } from '../system/system.ts'
import { Progress } from '../terminal/progress.ts'
import { mostTrials } from '../verdict/another-trial.ts'
import { exitCodeOf } from '../verdict/exit-code.ts'
import { requireEnoughTrials } from '../verdict/slo.ts'
import type { CommandContext } from './context.ts'
import { openSession, type Session } from './session.ts'
import type { SystemOptions } from './system-options.ts'

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
interface Gate {
  readonly experiment: Experiment
  readonly seed: number
  readonly options: GateOptions
  readonly session: Session
  readonly context: CommandContext
  readonly observer: Progress
}

/** Base and candidate under the same faults, in turn; everything that can be refused before that, is. */
export async function gate(name: string, options: GateOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, packageRoot, cwd } = context
  if (options.url !== undefined) parseEntryUrl(options.url)
  const experiment = await loadExperiment(name, join(packageRoot, 'experiments'))
  requireComparable(experiment, options)
  const session = await openSession(options, context)
  const { project, engine, state } = session
  if (session.url === undefined) planEntry(project)
  else parseEntryUrl(session.url)
  const seed = options.seed ?? randomInt(2 ** 31)
  const observer = new Progress(terminal, () => performance.now())

  await using _lock = await takeLock(state.lockOf(project.name), project.name)
  for (const journalName of [project.name, gateNameOf(project.name)])
    requireNoJournal(state.journalOf(journalName), project.name)
  await requireAbsent(project, engine)
  const claimed = options.out === undefined ? undefined : await claimRunFolder(resolve(cwd, options.out))
  const openFolder = async () =>
    claimed ?? createRunFolder(join(packageRoot, 'results'), `gate-${experiment.name}`, new Date())
  const decided = { experiment, seed, options, session, context, observer }
  const folder = await withWorkspace(
    { state, project: project.name, engine, remark: text => observer.remark(text), signal: context.signal },
    async workspace => {
      const sides = await openSides({
        ...context,
        given: options.baseline,
        project,
        referenceFile: join(packageRoot, 'docker-compose.yml'),
        preparation: preparationOf(decided),
        plan: side => planOf(side, decided),
        workspace,
        remark: text => observer.remark(text),
      })
      sayPlan(sides, decided)
      return await carryOut(sides, openFolder, decided)
    },
  )

  const verdict = await analyseGate(folder.path, packageRoot)
  if (options.json) terminal.out(JSON.stringify(verdict))
  for (const line of renderGateSummary(verdict, { colour: terminal.colour })) terminal.say(line)
  terminal.say(`results: ${relative(cwd, folder.path) || '.'}`)
  return exitCodeOf([verdict.status])
}

/** Calibration, then the rounds; resolves with the folder that holds the histories. */
async function carryOut(
  sides: Sides,
  openFolder: () => Promise<RunFolder>,
  decided: Gate,
): Promise<RunFolder> {
  const { experiment, seed, options, session, context, observer } = decided
  const { packageRoot, signal } = context
  observer.step('Calibrating: outages of known length, to see that this machine measures well.')
  const { status, reasons } = await calibrateFirst(
    experiment.probes,
    seed,
    text => observer.remark(text),
    signal,
  )
  const folder = await openFolder()
  const record: GateRecord = {
    schema: 1,
    experiment: experiment.name,
    system: session.project.name,
    seed,
    trials: options.trials,
    slos: experiment.slos,
    sampling: { probes: experiment.probes, timing: experiment.timing },
    baseline: sides.baseline,
    calibration: { status, reasons },
  }
  await writeGateRecord(folder.path, record)
  if (status !== 'pass') return folder

  const firsts = drawFirsts(seed, experiment.name, 2 * options.trials)
  const sideRequest = ({ project, plan }: Side) => ({
    ...session,
    project,
    plan,
    url: session.url === undefined ? undefined : parseEntryUrl(session.url),
    journalPath: session.state.journalOf(project.name),
    lockPath: session.state.lockOf(project.name),
    packageRoot,
    rerun: rerunCommand(decided),
    observer,
    signal,
  })
  await runGate({
    sides: { base: sideRequest(sides.base), candidate: sideRequest(sides.candidate) },
    folder: folder.path,
    next: async () => {
      const { trials, verdict } = await weighGate(folder.path, packageRoot)
      const hasFailed = verdict.slos.some(slo => slo.status === 'fail')
      return nextTrial({ wanted: options.trials, firsts, trials, comparison: verdict.comparison, hasFailed })
    },
  })
  return folder
}

function requireComparable({ name, slos }: Experiment, { trials }: GateOptions): void {
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

function requireNoJournal(path: string, project: string): void {
  if (!existsSync(path)) return
  const what = `An earlier run on ${project} died and left things behind.`
  throw new ZonefallError('SYSTEM_BUSY', what, { advice: 'Run `zonefall cleanup` first.' })
}

function preparationOf({ options, session, context }: Gate): Preparation {
  const line = options.prepare ?? session.prepare
  if (line !== undefined) return { kind: 'shell', line }
  const isReference = session.project.file === join(context.packageRoot, 'docker-compose.yml')
  return isReference ? { kind: 'bundle', packageRoot: context.packageRoot } : { kind: 'none' }
}

/** Of one seed, so that both sides lose the same machine at the same moments, as far as both have it. */
function planOf(project: ComposeProject, { experiment, seed, options, session }: Gate) {
  const target = options.target ?? session.target
  return makePlan({
    experiment,
    project,
    keys: session.keys,
    target: target === undefined ? undefined : parseSelector(target),
    trials: options.trials,
    mostTrials: mostTrials(2 * options.trials),
    seed,
  })
}

function sayPlan({ baseline, candidate }: Sides, { experiment, options, seed, observer }: Gate): void {
  const { trials } = options
  observer.remark(
    `${experiment.name}: ${experiment.fault.kind} ${memberName(candidate.plan.target)}, one of ${candidate.plan.peers.length}, ` +
      `${trials} times in this tree and ${trials} times in ${baseline}; twice as often if a metric looks worse; seed ${seed}`,
  )
}

/** How to have the same gate again. */
function rerunCommand({ experiment, seed, options }: Gate): string {
  const flags = [
    ['--baseline', options.baseline],
    ['-f', options.file],
    ['--prepare', options.prepare === undefined ? undefined : JSON.stringify(options.prepare)],
    ['--url', options.url],
    ['--target', options.target],
    ['--zone-label', options.zoneLabel],
    ['--tier-label', options.tierLabel],
    ['--instance-header', options.instanceHeader],
    ['--seed', String(seed)],
    ['--trials', String(options.trials)],
  ].flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${value}`]))
  return ['npx zonefall gate', experiment.name, ...flags].join(' ')
}
