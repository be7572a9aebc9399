import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { quietly } from '../audit/quiet-observer.ts'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { defaultProbes } from '../experiment/experiment.ts'
import { findRunning } from '../record/find-running.ts'
import { EXPERIMENT_NAME, judgeRecord } from '../record/judge-record.ts'
import { keepRecord } from '../record/keep-record.ts'
import { type Recorded, runRecord } from '../record/run-record.ts'
import { renderRecord } from '../report/record-summary.ts'
import { nameWithin } from '../results/analyse-run.ts'
import { claimRunFolder, createRunFolder, type RunFolder } from '../results/run-folder.ts'
import { withSystem } from '../run/with-system.ts'
import { takeLock } from '../state/lock.ts'
import { entryUrl, parseEntryUrl, planEntry, waitForEntry } from '../system/entry-point.ts'
import { requireAbsent } from '../system/system.ts'
import { Progress } from '../terminal/progress.ts'
import { requireNoJournal } from '../undo/leftovers.ts'
import { exitCodeOf } from '../verdict/exit-code.ts'
import type { CommandContext } from './context.ts'
import { openSession, type Session } from './session.ts'
import { commandLine, type SystemOptions } from './system-options.ts'

export interface RecordOptions extends SystemOptions {
  /** In ms. */
  readonly for: number
  readonly out?: string
  readonly json?: true
}

/** A system that can be recorded: how it is reached, and the name that it runs under. */
interface UpSystem {
  readonly url: URL
  readonly runsAs: string
}

const ENTRY_LIMIT_MS = 15_000
const TRIAL = 'trial-1'
const OF_NETWORKS = new Set(['connect', 'disconnect'])

/** A system that is up is watched as it is, and left so. One that is not is brought up, and taken down again. */
export async function record(options: RecordOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, cwd, signal } = context
  if (options.url !== undefined) parseEntryUrl(options.url)
  const session = await openSession(options, context)
  const { project, engine } = session
  const given = session.url === undefined ? undefined : parseEntryUrl(session.url)
  const entry = given ? undefined : planEntry(project)
  const claimed = options.out === undefined ? undefined : await claimRunFolder(resolve(cwd, options.out))
  const around = { session, claimed, options, context }
  const running = await findRunning(project, engine)
  if (!running) return inOwnSystem(session, context, system => recordOn(system, around))
  const url = given ?? entryUrl(running.containers, entry ?? planEntry(project))
  await waitForEntry(url, ENTRY_LIMIT_MS, signal)
  terminal.say(`${running.name} is up; it is watched, and left as it is.`)
  return recordOn({ url, runsAs: running.name }, around)
}

/** What is done by hand is no residue of ours: that the system is another one at the end is what was wanted. */
async function inOwnSystem(
  session: Session,
  { terminal, signal }: CommandContext,
  use: (system: UpSystem) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { project, engine, state } = session
  await using _lock = await takeLock(state.lockOf(project.name), project.name)
  requireNoJournal(state.journalOf(project.name), project.name)
  await requireAbsent(project, engine)
  let exit: ExitCode | undefined
  await withSystem(
    {
      ...session,
      dropped: [],
      targets: [],
      url: session.url === undefined ? undefined : parseEntryUrl(session.url),
      journalPath: state.journalOf(project.name),
      lockPath: state.lockOf(project.name),
      afterwards: 'remove',
      observer: new Progress(terminal, () => performance.now()),
      signal,
    },
    async ({ url }) => {
      exit = await use({ url, runsAs: project.name })
    },
  ).catch((error: unknown) => {
    if (!(error instanceof ZonefallError && error.code === 'RESIDUE')) throw error
  })
  return exit ?? EXIT.undecided
}

interface RecordingContext {
  readonly session: Session
  /** A folder that the user named, which is empty. */
  readonly claimed: RunFolder | undefined
  readonly options: RecordOptions
  readonly context: CommandContext
}

/** The history is written beside where it will be: of a record of nothing, nothing is kept. Errors: NOTHING_RECORDED. */
async function recordOn(system: UpSystem, around: RecordingContext): Promise<ExitCode> {
  const { claimed, context } = around
  const results = join(context.packageRoot, 'results')
  await mkdir(results, { recursive: true })
  const draft = await mkdtemp(join(claimed?.path ?? results, '.record-'))
  try {
    const startedAt = new Date()
    const recorded = await watch(system, draft, around)
    requireStrikes(recorded, system.runsAs)
    const folder = claimed ?? (await createRunFolder(results, `record-${system.runsAs}`, startedAt))
    await rename(join(draft, TRIAL), join(folder.path, TRIAL))
    return await keep(recorded, { folder, startedAt, system }, around)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function watch(
  { url, runsAs }: UpSystem,
  draft: string,
  { session, options, context }: RecordingContext,
): Promise<Recorded> {
  const { terminal, signal } = context
  const folder = join(draft, TRIAL)
  await mkdir(join(folder, 'logs'), { recursive: true })
  return runRecord({
    ...session,
    project: runsAs,
    url,
    probes: defaultProbes,
    forMs: options.for,
    folder,
    observer: quietly(new Progress(terminal, () => performance.now())),
    onReady: () =>
      terminal.say(
        `Ready: break something in ${runsAs} now, and mend it. It is recorded for ${options.for / 1000} s, or until Ctrl-C.`,
      ),
    onDeed: ({ action, container }) => {
      if (!OF_NETWORKS.has(action)) terminal.say(`  ${action} ${container.name}`) // a start joins networks, too
    },
    signal,
  })
}

async function keep(
  recorded: Recorded,
  { folder, startedAt, system }: { folder: RunFolder; startedAt: Date; system: UpSystem },
  { session, options, context }: RecordingContext,
): Promise<ExitCode> {
  const { terminal, packageRoot, cwd } = context
  const { told } = recorded
  const path = relative(cwd, folder.path) || '.'
  const { experimentFile, analysis } = await keepRecord({
    ...session,
    recorded,
    folder: folder.path,
    runsAs: system.runsAs,
    url: system.url,
    startedAt,
    packageRoot,
    rerun: commandLine(['npx zonefall run', join(path, EXPERIMENT_NAME)], options, []),
  })
  const results = nameWithin(packageRoot, folder.path)
  const verdict = judgeRecord({ told, analysis, system: system.runsAs, results })
  if (options.json) terminal.out(JSON.stringify(verdict))
  for (const line of renderRecord(verdict)) terminal.say(line)
  terminal.say(`  experiment: ${relative(cwd, experimentFile)}`)
  terminal.say(`  \`zonefall replay ${path}\` does it again, and says how alike it was.`)
  return exitCodeOf([verdict.status])
}

/** Errors: NOTHING_RECORDED. */
function requireStrikes({ told }: Recorded, system: string): void {
  if (told.strikes.length > 0) return
  throw new ZonefallError(
    'NOTHING_RECORDED',
    ['Nothing was done to', `${system} that a fault does.`, ...told.untold].join(' '),
  )
}
