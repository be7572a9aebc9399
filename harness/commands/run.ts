import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { Experiment } from '../experiment/experiment.ts'
import { loadExperiment } from '../experiment/load-experiment.ts'
import { describePlan } from '../plan/describe-plan.ts'
import { type ExperimentPlan, makePlan } from '../plan/make-plan.ts'
import { memberName } from '../plan/members.ts'
import { parseTarget } from '../plan/parse-selector.ts'
import { renderSummary } from '../report/summary.ts'
import { type AnalysedRun, analyseRun, analyseTrials } from '../results/analyse-run.ts'
import { claimRunFolder, createRunFolder, type RunFolder } from '../results/run-folder.ts'
import { runExperiment } from '../run/run-experiment.ts'
import { takeLock } from '../state/lock.ts'
import { parseEntryUrl, planEntry } from '../system/entry-point.ts'
import { requireAbsent } from '../system/system.ts'
import { Progress } from '../terminal/progress.ts'
import { requireNoJournal } from '../undo/leftovers.ts'
import { anotherTrial, mostTrials } from '../verdict/another-trial.ts'
import { exitCodeOf } from '../verdict/exit-code.ts'
import { requireEnoughTrials } from '../verdict/slo.ts'
import type { CommandContext } from './context.ts'
import { distinctSystems, sessionsFor } from './experiment-sessions.ts'
import type { Session } from './session.ts'
import { commandLine, type SystemOptions } from './system-options.ts'

export interface RunOptions extends SystemOptions {
  readonly target?: string
  readonly trials: number
  readonly seed?: number
  readonly out?: string
  readonly keep?: true
  readonly dryRun?: true
  readonly json?: true
}

const DEFAULT_EXPERIMENTS = ['gateway-kill', 'single-gateway']

/** Everything that can be refused is refused before anything is started. */
export async function run(
  names: readonly string[],
  options: RunOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const flagTarget = options.target === undefined ? undefined : parseTarget(options.target)
  if (options.url !== undefined) parseEntryUrl(options.url)
  const experiments = await loadChosen(names, options, context)
  const sessions = await sessionsFor(experiments, options, context)
  for (const { url, project } of sessions)
    if (url === undefined) planEntry(project)
    else parseEntryUrl(url)
  const seed = options.seed ?? randomInt(2 ** 31)
  const planned = sessions.flatMap((session, index) => {
    const experiment = experiments[index]
    if (!experiment) return []
    const { project, keys } = session
    const target = flagTarget ?? (session.target === undefined ? undefined : parseTarget(session.target))
    const { trials } = options
    return [
      {
        session,
        plan: makePlan({ experiment, project, keys, target, trials, mostTrials: mostTrials(trials), seed }),
      },
    ]
  })
  for (const { plan, session } of planned) sayPlan(plan, session, context.terminal.say)
  if (options.dryRun) {
    if (options.json) context.terminal.out(JSON.stringify(planDocuments(planned)))
    return EXIT.pass
  }

  await using locks = new AsyncDisposableStack()
  for (const { project, engine, state } of distinctSystems(sessions)) {
    locks.use(await takeLock(state.lockOf(project.name), project.name))
    requireNoJournal(state.journalOf(project.name), project.name)
    await requireAbsent(project, engine)
  }
  return await carryOut(chosenNames(names), planned, options, context) // awaited here, so that the locks are held until it is over
}

interface Planned {
  readonly plan: ExperimentPlan
  /** Of the system that it is for. */
  readonly session: Session
}

function chosenNames(names: readonly string[]): readonly string[] {
  return names.length > 0 ? names : DEFAULT_EXPERIMENTS
}

function fileFlag({ file }: RunOptions, { experiment: { system } }: ExperimentPlan): string {
  const named = file ?? system?.file
  return named === undefined ? '' : ` -f ${named}`
}

async function loadChosen(
  names: readonly string[],
  { trials }: RunOptions,
  { packageRoot }: CommandContext,
): Promise<Experiment[]> {
  const chosen = chosenNames(names)
  const library = join(packageRoot, 'experiments')
  const experiments = await Promise.all(chosen.map(name => loadExperiment(name, library)))
  for (const { slos } of experiments) requireEnoughTrials(slos, trials)
  return experiments
}

async function carryOut(
  names: readonly string[],
  planned: readonly Planned[],
  options: RunOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, packageRoot, signal } = context
  const runs: AnalysedRun[] = []
  let residue: ZonefallError | undefined
  for (const [index, { plan, session }] of planned.entries()) {
    const { project, state } = session
    let opening = options.out === undefined ? undefined : folderFor(plan, planned.length, options, context)
    await opening // a folder that the user named is refused before anything starts
    const openFolder = () => {
      opening ??= folderFor(plan, planned.length, options, context)
      return opening
    }
    terminal.say(`\n${plan.experiment.title} (${plan.experiment.name})`)
    residue = await runExperiment({
      ...session,
      plan,
      url: session.url === undefined ? undefined : parseEntryUrl(session.url),
      openFolder,
      rerun: rerunCommand(names[index] ?? plan.experiment.name, plan, options),
      another: async folder => {
        const { verdict, trials } = await analyseTrials(folder.path, packageRoot)
        return anotherTrial({ wanted: plan.trials, verdict, trials: trials.map(({ analysis }) => analysis) })
      },
      journalPath: state.journalOf(project.name),
      lockPath: state.lockOf(project.name),
      packageRoot,
      afterwards: options.keep && plan === planned.at(-1)?.plan ? 'keep' : 'remove',
      observer: new Progress(terminal, () => performance.now()),
      signal,
    }).then(
      () => undefined,
      async error => residueOrThrow(error, await opening, context),
    )
    const folder = await openFolder()
    const analysed = await analyseRun(folder.path, packageRoot)
    runs.push(analysed)
    if (options.json) terminal.out(JSON.stringify(analysed.verdict))
    terminal.say(`  results: ${relative(context.cwd, folder.path) || '.'}`)
    if (residue) break
  }
  for (const line of renderSummary(runs, { colour: terminal.colour })) terminal.say(line)
  if (residue) throw residue
  const last = planned.at(-1)
  if (options.keep && last)
    terminal.say(
      `${last.session.project.name} is still up; \`zonefall down${fileFlag(options, last.plan)}\` takes it down.`,
    )
  return exitCodeOf(runs.map(({ verdict }) => verdict.status))
}

/**
 * What a run left behind, or could not take down, is told after its verdict, which it does not take away. After
 * anything else (an error of its own that both carry, say) there is none: only a record.
 */
function residueOrThrow(
  error: unknown,
  folder: RunFolder | undefined,
  { cwd, terminal }: CommandContext,
): ZonefallError {
  if (error instanceof ZonefallError && (error.code === 'RESIDUE' || error.code === 'NOT_UNDONE'))
    return error
  if (folder && existsSync(join(folder.path, 'trial-1')))
    terminal.say(`  recorded until then: ${relative(cwd, folder.path) || '.'}`)
  throw error
}

/** How to have the same run again, with its seed and on the same system. */
function rerunCommand(name: string, { seed, trials }: ExperimentPlan, options: RunOptions): string {
  return commandLine(['npx zonefall run', name], options, [
    ['--target', options.target],
    ['--seed', String(seed)],
    ['--trials', trials > 1 ? String(trials) : undefined],
  ])
}

function folderFor(
  plan: ExperimentPlan,
  plans: number,
  options: RunOptions,
  { packageRoot, cwd }: CommandContext,
) {
  if (options.out === undefined)
    return createRunFolder(join(packageRoot, 'results'), plan.experiment.name, new Date())
  const out = resolve(cwd, options.out)
  return claimRunFolder(plans === 1 ? out : join(out, plan.experiment.name))
}

/** What `--dry-run --json` prints. `system`: of the first plan; each says its own. */
function planDocuments(planned: readonly Planned[]) {
  return { schema: 1, system: planned[0]?.session.project.name, plans: planned.map(planDocument) }
}

/** All that the seed decides. */
function planDocument({ plan, session }: Planned) {
  const { experiment, target, targets, peers, dropped, strikes, seed, trials, phasesMs } = plan
  return {
    experiment: experiment.name,
    system: session.project.name,
    fault: strikes[0]?.fault.kind,
    target: memberName(target),
    targets: targets.map(memberName),
    strikes: strikes.map(({ fault: { kind, parameters }, target: struck, atMs, untilMs }) => ({
      fault: { kind, ...parameters },
      target: memberName(struck),
      at_ms: atMs,
      until_ms: untilMs,
    })),
    peers: peers.map(memberName),
    without: dropped.map(memberName),
    seed,
    trials,
    phases_ms: phasesMs.slice(0, trials),
    slos: experiment.slos,
  }
}

/** One fault on one line; of several, a line each. */
function sayPlan(plan: ExperimentPlan, { project }: Session, say: (line: string) => void): void {
  const { experiment, dropped, seed, trials } = plan
  const without = dropped.length > 0 ? `, without ${dropped.map(memberName).join(' and ')}` : ''
  const where = `in ${project.name}${without}; ${trials} trial${trials === 1 ? '' : 's'}, seed ${seed}`
  const lines = describePlan(plan)
  if (lines.length === 1) say(`plan: ${experiment.name}: ${lines[0]}, ${where}`)
  else for (const line of [`plan: ${experiment.name}, ${where}`, ...lines.map(text => `  ${text}`)]) say(line)
}
