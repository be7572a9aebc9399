import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { analyseCapacity } from '../capacity/analyse-capacity.ts'
import { type CapacityRecord, readCapacityRecord, writeCapacityRecord } from '../capacity/capacity-record.ts'
import { cpusOverlay } from '../capacity/cpus-overlay.ts'
import { decide } from '../capacity/decide.ts'
import { runCapacity } from '../capacity/run-capacity.ts'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { renderCapacitySummary } from '../report/capacity-summary.ts'
import { claimRunFolder, createRunFolder } from '../results/run-folder.ts'
import { takeLock } from '../state/lock.ts'
import { parseEntryUrl, planEntry } from '../system/entry-point.ts'
import { requireAbsent } from '../system/system.ts'
import { Progress } from '../terminal/progress.ts'
import { requireNoJournal } from '../undo/leftovers.ts'
import { exitCodeOf } from '../verdict/exit-code.ts'
import { type CapacityOptions, requireNothingNew, requireSensible, sayPlan } from './capacity-options.ts'
import type { CommandContext } from './context.ts'
import { openSession, reopenSession, type Session } from './session.ts'

/** Everything that can be refused is refused before anything is started. */
export async function capacity(options: CapacityOptions, context: CommandContext): Promise<ExitCode> {
  if (options.resume !== undefined) return resumeCapacity(options.resume, options, context)
  if (options.url !== undefined) parseEntryUrl(options.url)
  requireSensible(options)
  const session = await openSession(options, context)
  const record = decideFrom(options, session, context)
  if (session.url === undefined) planEntry(session.project)
  else parseEntryUrl(session.url)
  sayPlan(record, context.terminal.say)
  if (options.dryRun) {
    if (options.json) context.terminal.out(JSON.stringify({ ...record, kind: 'capacity-plan' }))
    return EXIT.pass
  }
  const claimed =
    options.out === undefined ? undefined : await claimRunFolder(resolve(context.cwd, options.out))
  return carryOut(record, session, options, context, async () => {
    const folder = claimed ?? (await newFolder(record.system, context))
    await writeCapacityRecord(folder.path, record)
    return folder.path
  })
}

/** What was decided then holds; only the budget counts anew. */
async function resumeCapacity(
  dir: string,
  options: CapacityOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const path = resolve(context.cwd, dir)
  const record = await readCapacityRecord(path)
  requireNothingNew(options)
  const changed = () =>
    new ZonefallError('CAPACITY_OF_ANOTHER', `${record.file} has changed since the search in ${dir} began.`)
  const session = await reopenSession(record, changed, context)
  sayPlan(record, context.terminal.say)
  if (options.dryRun) return EXIT.pass
  return carryOut(record, session, options, context, async () => path)
}

function decideFrom(options: CapacityOptions, session: Session, context: CommandContext): CapacityRecord {
  const { version } = JSON.parse(readFileSync(join(context.packageRoot, 'package.json'), 'utf8')) as {
    version: string
  }
  return decide({
    ...session,
    engine: session.engine.info,
    version,
    seed: options.seed ?? randomInt(2 ** 30),
    path: options.path,
    fault: options.fault,
    zones: options.zone ?? [],
    limits: { minSuccess: options.success, maxP99Ms: options.p99 },
    from: options.from,
    maxRate: options.maxRate,
    resolution: options.resolution,
    stepMs: options.step,
    peak: options.peak ?? session.peak,
    target: options.for,
    cpus:
      options.cpusPerInstance === undefined
        ? undefined
        : { cpus: options.cpusPerInstance, tier: options.tier },
  })
}

async function carryOut(
  record: CapacityRecord,
  session: Session,
  options: CapacityOptions,
  context: CommandContext,
  openFolder: () => Promise<string>,
): Promise<ExitCode> {
  const { terminal, packageRoot, cwd, signal } = context
  const { project, state, engine } = session
  await using _lock = await takeLock(state.lockOf(project.name), project.name)
  requireNoJournal(state.journalOf(project.name), project.name)
  await requireAbsent(project, engine)
  const overlay = cpusOverlay(record.cpuShares, project)
  let path: string | undefined
  const residue = await runCapacity({
    ...session,
    url: session.url === undefined ? undefined : parseEntryUrl(session.url),
    ...(overlay === undefined ? {} : { overlay }),
    targets: record.conditions.flatMap(({ members }) => members),
    open: async () => {
      path = await openFolder()
      return { path, record }
    },
    journalPath: state.journalOf(project.name),
    lockPath: state.lockOf(project.name),
    budgetMs: options.budget,
    nowMs: () => performance.now(),
    observer: new Progress(terminal, () => performance.now()),
    signal,
  }).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof ZonefallError && (error.code === 'RESIDUE' || error.code === 'NOT_UNDONE'))
        return error
      if (path !== undefined)
        terminal.say(`What was measured is kept: \`zonefall capacity --resume ${shown(path, cwd)}\` goes on.`)
      throw error
    },
  )
  if (path === undefined) {
    if (residue) throw residue
    throw new RangeError('a search ended well without a folder')
  }
  const verdict = await analyseCapacity(path, packageRoot)
  if (options.json) terminal.out(JSON.stringify(verdict))
  for (const line of renderCapacitySummary(verdict, { colour: terminal.colour })) terminal.say(line)
  terminal.say(`results: ${shown(path, cwd)}`)
  if (residue) throw residue
  return exitCodeOf([verdict.status])
}

function newFolder(system: string, { packageRoot }: CommandContext) {
  return createRunFolder(join(packageRoot, 'results'), `capacity-${system}`, new Date())
}

function shown(path: string, cwd: string): string {
  return relative(cwd, path) || '.'
}
