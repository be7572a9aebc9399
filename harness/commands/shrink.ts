import { join, relative, resolve } from 'node:path'
import type { ExitCode } from '../errors/exit-codes.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { memberName, membersOf } from '../plan/members.ts'
import { requireFaults } from '../replay/run-plan.ts'
import { readStoredRun } from '../replay/stored-run.ts'
import { requireMembers } from '../replay/transplant.ts'
import { ranWithout } from '../replay/without.ts'
import { renderShrinkSummary } from '../report/shrink-summary.ts'
import { hashOf } from '../results/manifest.ts'
import { claimRunFolder, createRunFolder } from '../results/run-folder.ts'
import { analyseShrink, SHRUNK_NAME } from '../shrink/analyse-shrink.ts'
import { elementsOf } from '../shrink/elements.ts'
import { failingTrial } from '../shrink/failing-trial.ts'
import { runShrink } from '../shrink/run-shrink.ts'
import { readShrinkRecord, type ShrinkRecord, writeShrinkRecord } from '../shrink/shrink-record.ts'
import { takeLock } from '../state/lock.ts'
import { parseEntryUrl, planEntry } from '../system/entry-point.ts'
import { requireAbsent } from '../system/system.ts'
import { Progress } from '../terminal/progress.ts'
import { requireNoJournal } from '../undo/leftovers.ts'
import { exitCodeOf } from '../verdict/exit-code.ts'
import { requireEnoughTrials } from '../verdict/slo.ts'
import type { CommandContext } from './context.ts'
import { isResidue, openStoredSession, whichFile } from './replay.ts'
import { reopenSession, type Session } from './session.ts'
import { commandLine, type SystemOptions } from './system-options.ts'

export interface ShrinkOptions extends SystemOptions {
  readonly trials?: number
  /** In ms. */
  readonly budget?: number
  readonly resume?: string
  readonly out?: string
  readonly json?: true
}

const TRIALS = 2

/** Everything that can be refused is refused before anything is started. */
export async function shrink(
  dir: string | undefined,
  options: ShrinkOptions,
  context: CommandContext,
): Promise<ExitCode> {
  if (options.resume !== undefined) return resumeShrink(dir, options.resume, options, context)
  if (dir === undefined)
    throw new ZonefallError('USAGE', '`zonefall shrink` needs the folder of a run that failed, or --resume.')
  const stored = await readStoredRun(resolve(context.cwd, dir))
  const failing = failingTrial(stored)
  const { plan } = failing.manifest
  requireFaults(plan)
  const { trials = TRIALS } = options
  requireEnoughTrials(plan.slos, trials)
  const session = await openStoredSession(failing.manifest, options, context)
  const { project, keys, url } = session
  const file = whichFile(stored, project, options)
  const members = membersOf(project, keys)
  requireMembers(plan, members)
  requireEntry(session)
  const record: ShrinkRecord = {
    schema: 1,
    of: stored.path,
    system: project.name,
    file: project.file,
    resolvedSha256: hashOf(session.project),
    ...(project.environment ? { environment: project.environment } : {}),
    url: url ?? null,
    keys,
    without: ranWithout(failing, members, file).map(memberName),
    plan: { ...plan, instanceHeader: session.instanceHeader },
    trials,
  }
  const claimed =
    options.out === undefined ? undefined : await claimRunFolder(resolve(context.cwd, options.out))
  return carryOut(record, session, options, context, async () => {
    const { path } = claimed ?? (await newFolder(plan.experiment, context))
    await writeShrinkRecord(path, record)
    return path
  })
}

async function resumeShrink(
  dir: string | undefined,
  resumed: string,
  options: ShrinkOptions,
  context: CommandContext,
): Promise<ExitCode> {
  if (dir !== undefined) throw new ZonefallError('USAGE', 'Give a folder or --resume, not both.')
  const path = resolve(context.cwd, resumed)
  const stored = await readShrinkRecord(path)
  const record = { ...stored, trials: options.trials ?? stored.trials }
  requireEnoughTrials(record.plan.slos, record.trials)
  const what = `${record.file}, or the environment that it reads, has changed since ${resumed}.`
  const advice = 'Begin a new search: its parts would not be of one and the same system.'
  const session = await reopenSession(
    { ...record, instanceHeader: record.plan.instanceHeader },
    () => new ZonefallError('RUN_OF_ANOTHER', what, { advice }),
    context,
  )
  requireEntry(session)
  return carryOut(record, session, options, context, async () => {
    await writeShrinkRecord(path, record)
    return path
  })
}

async function carryOut(
  record: ShrinkRecord,
  session: Session,
  options: ShrinkOptions,
  context: CommandContext,
  open: () => Promise<string>,
): Promise<ExitCode> {
  const { terminal, packageRoot, cwd, signal } = context
  const { project, engine, state, keys } = session
  const elements = elementsOf(record.plan)
  let path: string | undefined
  await using _lock = await takeLock(state.lockOf(project.name), project.name)
  requireNoJournal(state.journalOf(project.name), project.name)
  await requireAbsent(project, engine)
  const trials = `${record.trials} trial${record.trials === 1 ? '' : 's'}`
  terminal.say(
    `plan: the smallest of ${elements.length} faults of ${record.of} that still fails; ${trials} a part`,
  )
  for (const [index, { name }] of elements.entries()) terminal.say(`  ${index + 1}  ${name}`)
  const residue = await runShrink({
    ...session,
    record,
    elements,
    open: async () => {
      path = await open()
      return path
    },
    dropped: membersOf(project, keys).filter(member => record.without.includes(memberName(member))),
    url: session.url === undefined ? undefined : parseEntryUrl(session.url),
    journalPath: state.journalOf(project.name),
    lockPath: state.lockOf(project.name),
    packageRoot,
    rerun: commandLine(['npx zonefall shrink', record.of], options, [['--trials', String(record.trials)]]),
    budgetMs: options.budget ?? null,
    nowMs: () => performance.now(),
    observer: new Progress(terminal, () => performance.now()),
    signal,
  }).then(
    () => undefined,
    (error: unknown) => {
      if (isResidue(error)) return error
      if (path !== undefined)
        terminal.say(
          `What was tried is kept: \`zonefall shrink --resume ${relative(cwd, path) || '.'}\` goes on.`,
        )
      throw error
    },
  )
  if (path === undefined) throw residue ?? new RangeError('a search ended well without a folder')
  const exit = await showShrink(path, options, context)
  if (residue) throw residue
  return exit
}

/** What `shrink` shows at its end, and `analyse` at any time later. */
export async function showShrink(
  path: string,
  options: { json?: true },
  { terminal, packageRoot, cwd }: CommandContext,
): Promise<ExitCode> {
  const verdict = await analyseShrink(path, packageRoot)
  const shown = relative(cwd, path) || '.'
  if (options.json) terminal.out(JSON.stringify(verdict))
  for (const line of renderShrinkSummary(verdict, { colour: terminal.colour })) terminal.say(line)
  if (verdict.smallest) terminal.say(`  experiment: ${join(shown, SHRUNK_NAME)}`)
  if (verdict.status !== 'pass' && verdict.smallest)
    terminal.say(`  \`zonefall shrink --resume ${shown}\` goes on.`)
  return exitCodeOf([verdict.status])
}

function newFolder(experiment: string, { packageRoot }: CommandContext) {
  return createRunFolder(join(packageRoot, 'results'), `shrink-${experiment}`, new Date())
}

function requireEntry({ url, project }: Session): void {
  if (url === undefined) planEntry(project)
  else parseEntryUrl(url)
}
