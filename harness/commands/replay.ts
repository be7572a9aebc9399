import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { ExitCode } from '../errors/exit-codes.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { ExperimentSystem } from '../experiment/system.ts'
import { type Member, membersOf } from '../plan/members.ts'
import { strikesOf } from '../plan/trial-plan.ts'
import { analyseReplay } from '../replay/analyse-replay.ts'
import { writeReplayRecord } from '../replay/replay-record.ts'
import { rerunFlags } from '../replay/rerun-flags.ts'
import { requireFaults } from '../replay/run-plan.ts'
import { runReplay } from '../replay/run-replay.ts'
import { readStoredRun, type StoredRun } from '../replay/stored-run.ts'
import { requireMembers } from '../replay/transplant.ts'
import { ranWithout } from '../replay/without.ts'
import { renderReplaySummary } from '../report/replay-summary.ts'
import { analyseTrials } from '../results/analyse-run.ts'
import { hashOf, type Manifest } from '../results/manifest.ts'
import { claimRunFolder, createRunFolder } from '../results/run-folder.ts'
import { takeLock } from '../state/lock.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import { parseEntryUrl, planEntry } from '../system/entry-point.ts'
import { requireAbsent } from '../system/system.ts'
import { Progress } from '../terminal/progress.ts'
import { requireNoJournal } from '../undo/leftovers.ts'
import { anotherTrial } from '../verdict/another-trial.ts'
import { exitCodeOf } from '../verdict/exit-code.ts'
import type { CommandContext } from './context.ts'
import { openSession, type Session } from './session.ts'
import { commandLine, type SystemOptions } from './system-options.ts'

export interface ReplayOptions extends SystemOptions {
  readonly trials?: number
  readonly out?: string
  readonly json?: true
}

/** Everything that can be refused is refused before anything is started. */
export async function replay(
  dir: string,
  options: ReplayOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, cwd } = context
  const stored = await readStoredRun(resolve(cwd, dir))
  const [{ manifest }] = stored.trials
  for (const trial of stored.trials) requireFaults(trial.manifest.plan)
  const session = await openStoredSession(manifest, options, context)
  const { project, keys, url } = session
  if (url === undefined) planEntry(project)
  else parseEntryUrl(url)
  const file = whichFile(stored, project, options)
  const members = membersOf(project, keys)
  for (const trial of stored.trials) requireMembers(trial.manifest.plan, members)
  for (const why of stored.leftOut) terminal.say(`Left out: ${why}`)
  if (file === 'another')
    terminal.say(
      `${project.file} is not as the Compose file of the stored run was: what differs may be due to that.`,
    )
  return carryOut(dir, stored, ranWithout(stored.trials[0], members, file), session, options, context)
}

/** On the stored run's system, but for what is given. */
export function openStoredSession(
  manifest: Manifest,
  options: SystemOptions,
  context: CommandContext,
): Promise<Session> {
  const { system, ...rest } = storedSystem(manifest, options)
  return openSession(rest, context, system)
}

/**
 * Of another Compose file than the stored one neither the stored entry point nor the environment that it was given mean
 * anything. Errors: COMPOSE_FILE_MISSING.
 */
export function storedSystem(
  { system, plan, rerun }: Manifest,
  options: SystemOptions,
): SystemOptions & { readonly system: ExperimentSystem } {
  const { file, url, zoneLabel, tierLabel, instanceHeader = plan.instanceHeader } = options
  const { url: storedUrl, ...labels } = rerunFlags(rerun)
  if (file === undefined && !existsSync(system.file))
    throw new ZonefallError(
      'COMPOSE_FILE_MISSING',
      `The Compose file of the stored run, ${system.file}, is not there any more.`,
    )
  const entry = url ?? (file === undefined ? storedUrl : undefined)
  return {
    ...labels,
    ...(file === undefined ? {} : { file }),
    system: { file: system.file, ...(system.environment ? { environment: system.environment } : {}) },
    instanceHeader,
    ...(entry === undefined ? {} : { url: entry }),
    ...(zoneLabel === undefined ? {} : { zoneLabel }),
    ...(tierLabel === undefined ? {} : { tierLabel }),
  }
}

/** Errors: RUN_OF_ANOTHER, unless the system was named. */
export function whichFile(
  { path, trials: [{ manifest }] }: StoredRun,
  project: ComposeProject,
  options: SystemOptions,
): 'the same' | 'another' {
  if (hashOf(project) === manifest.system.resolvedSha256) return 'the same'
  if (options.file !== undefined) return 'another'
  throw new ZonefallError(
    'RUN_OF_ANOTHER',
    `${project.file}, or the environment that it reads, has changed since ${path}.`,
  )
}

async function carryOut(
  dir: string,
  stored: StoredRun,
  dropped: readonly Member[],
  session: Session,
  options: ReplayOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, packageRoot, cwd, signal } = context
  const { project, engine, state } = session
  const wanted = options.trials ?? stored.trials.length
  await using _lock = await takeLock(state.lockOf(project.name), project.name)
  requireNoJournal(state.journalOf(project.name), project.name)
  await requireAbsent(project, engine)
  const claimed = options.out === undefined ? undefined : await claimRunFolder(resolve(cwd, options.out))
  terminal.say(sayPlan(stored, session, wanted))
  let path: string | undefined
  const residue = await runReplay({
    ...session,
    dropped,
    plans: stored.trials.map(({ manifest: { plan } }) => ({
      ...plan,
      instanceHeader: session.instanceHeader,
    })),
    wanted,
    url: session.url === undefined ? undefined : parseEntryUrl(session.url),
    openFolder: async () => {
      const folder = claimed ?? (await newFolder(stored, context))
      path = folder.path
      await writeReplayRecord(path, {
        schema: 1,
        of: stored.path,
        trials: wanted,
        stored: stored.trials.map(({ name, curve, bracketMs }) => ({ name, curve, bracketMs })),
      })
      return folder
    },
    another: async folder => {
      const { trials } = await analyseTrials(folder.path, packageRoot)
      const verdict = { status: 'pass', slos: [] } as const // what the SLOs say is no reason to try again
      return anotherTrial({ wanted, verdict, trials: trials.map(({ analysis }) => analysis) })
    },
    journalPath: state.journalOf(project.name),
    lockPath: state.lockOf(project.name),
    packageRoot,
    rerun: commandLine(['npx zonefall replay', dir], options, [['--trials', options.trials?.toString()]]),
    observer: new Progress(terminal, () => performance.now()),
    signal,
  }).then(
    () => undefined,
    (error: unknown) => {
      if (isResidue(error)) return error
      if (path !== undefined && existsSync(join(path, 'trial-1')))
        terminal.say(`  recorded until then: ${relative(cwd, path) || '.'}`)
      throw error
    },
  )
  if (path === undefined) throw residue ?? new RangeError('a replay ended well without a folder')
  const exit = await showReplay(path, options, context)
  if (residue) throw residue
  return exit
}

/** What a run left behind, or could not take down, is told after what it found, which it does not take away. */
export function isResidue(error: unknown): error is ZonefallError {
  return error instanceof ZonefallError && (error.code === 'RESIDUE' || error.code === 'NOT_UNDONE')
}

/** What `replay` shows at its end, and `analyse` at any time later. */
export async function showReplay(
  path: string,
  options: { json?: true },
  { terminal, packageRoot, cwd }: CommandContext,
): Promise<ExitCode> {
  const analysed = await analyseReplay(path, packageRoot)
  if (options.json) terminal.out(JSON.stringify(analysed.verdict))
  for (const line of renderReplaySummary(analysed, { colour: terminal.colour })) terminal.say(line)
  terminal.say(`  curves: ${join(relative(cwd, path), 'replay.html')}`)
  return exitCodeOf([analysed.verdict.status])
}

function sayPlan({ path, trials }: StoredRun, { project }: Session, wanted: number): string {
  const [{ manifest }] = trials
  const { experiment, seed } = manifest.plan
  const strikes = strikesOf(manifest.plan)
  const [first] = strikes.map(({ fault, target }) => `${fault.kind} ${target.name}`)
  const what = strikes.length > 1 ? `${first} and ${strikes.length - 1} more` : first
  return `plan: ${experiment} of ${path} again: ${what}, on ${project.name}; ${wanted} trial${wanted === 1 ? '' : 's'}, seed ${seed}`
}

function newFolder({ trials: [{ manifest }] }: StoredRun, { packageRoot }: CommandContext) {
  return createRunFolder(join(packageRoot, 'results'), `replay-${manifest.plan.experiment}`, new Date())
}
