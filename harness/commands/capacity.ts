import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { analyseCapacity } from '../capacity/analyse-capacity.ts'
import { type CapacityRecord, readCapacityRecord, writeCapacityRecord } from '../capacity/capacity-record.ts'
import { cpusOverlay } from '../capacity/cpus-overlay.ts'
import { decide, hashOf } from '../capacity/decide.ts'
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
import type { CommandContext } from './context.ts'
import { openSession, type Session } from './session.ts'
import type { SystemOptions } from './system-options.ts'

/** Rates are requests a second, times ms, shares 0..1. */
export interface CapacityOptions extends SystemOptions {
  readonly peak?: number
  readonly for?: number
  readonly fault: string
  readonly zone?: readonly string[]
  readonly from: number
  readonly maxRate: number
  readonly resolution: number
  readonly step: number
  readonly p99: number
  readonly success: number
  readonly path: string
  readonly cpusPerInstance?: number
  readonly tier?: string
  readonly budget: number
  readonly resume?: string
  readonly seed?: number
  readonly out?: string
  readonly dryRun?: true
  readonly json?: true
}

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
  const { file, keys, instanceHeader, url } = record
  const session = await openSession(
    {
      file,
      zoneLabel: keys.zone,
      tierLabel: keys.tier,
      instanceHeader,
      ...(url === null ? {} : { url }),
    },
    context,
  )
  if (hashOf(session.project) !== record.resolvedSha256)
    throw new ZonefallError('CAPACITY_OF_ANOTHER', `${file} has changed since the search in ${dir} began.`)
  sayPlan(record, context.terminal.say)
  if (options.dryRun) return EXIT.pass
  return carryOut(record, session, options, context, async () => path)
}

/** What a search is to find out was decided when it began; to change it in silence, or not to, would mislead. */
function requireNothingNew({ peak, for: target, zone, cpusPerInstance, out }: CapacityOptions): void {
  const given = Object.entries({ peak, for: target, zone, 'cpus-per-instance': cpusPerInstance, out })
    .filter(([, value]) => value !== undefined)
    .map(([flag]) => `--${flag}`)
  if (given.length > 0)
    throw new ZonefallError(
      'USAGE',
      `--resume goes on with what was decided: ${given.join(', ')} cannot be changed.`,
      {
        advice: 'Leave it out, or begin a new search.',
      },
    )
}

function requireSensible({ step, p99, path, tier, cpusPerInstance }: CapacityOptions): void {
  const refuse = (what: string, advice: string) => {
    throw new ZonefallError('USAGE', what, { advice })
  }
  if (step < 1000 || step > 30_000)
    refuse('--step is shorter than 1 s or longer than 30 s.', 'Give a time such as 4s.')
  if (p99 < 10 || p99 > 1000)
    refuse(
      '--p99 is below 10 ms or above 1 s, the time after which a probe is given up.',
      'Give a time such as 250ms.',
    )
  if (!path.startsWith('/')) refuse('--path must begin with /.', 'Give a path such as /orders?limit=1.')
  if (tier !== undefined && cpusPerInstance === undefined)
    refuse(
      '--tier says whose CPUs are limited, and --cpus-per-instance is missing.',
      'Give both, or neither.',
    )
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

function sayPlan(record: CapacityRecord, say: (line: string) => void): void {
  const { system, conditions, fault, from, maxRate, resolution, stepMs, limits, peak, seed, cpuShares } =
    record
  const zones = conditions.flatMap(({ zone }) => zone ?? [])
  say(
    `plan: capacity of ${system}: with all instances, then without ${zones.join(', then without ')} (${fault}); ` +
      `from ${from}/s to at most ${maxRate}/s, to ${(100 * resolution).toFixed(0)} %; ${stepMs / 1000} s a step; seed ${seed}`,
  )
  say(
    `  carried is a rate with ${(100 * limits.minSuccess).toFixed(1)} % of its requests good and p99 ≤ ${limits.maxP99Ms} ms` +
      `${peak === null ? '' : `; the peak is ${peak}/s`}`,
  )
  for (const { cpus, services } of cpuShares) say(`  ${services.join(', ')}: ${cpus} CPUs for each instance`)
}
