import { randomInt } from 'node:crypto'
import { join, relative, resolve } from 'node:path'
import { type Acceptance, acceptedOf, labelledAcceptances, parseAcceptance } from '../audit/acceptance.ts'
import { analyseAudit } from '../audit/analyse-audit.ts'
import { type AuditRecord, readAuditRecord, writeAuditRecord } from '../audit/audit-record.ts'
import { type Component, componentsOf, onlyMeant } from '../audit/component.ts'
import { AUDIT_TIMING } from '../audit/plan-cell.ts'
import { runAudit } from '../audit/run-audit.ts'
import type { ExitCode } from '../errors/exit-codes.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { findFault } from '../faults/catalogue.ts'
import { membersOf } from '../plan/members.ts'
import { parseSelector } from '../plan/parse-selector.ts'
import { renderAuditSummary } from '../report/audit-summary.ts'
import { hashOf } from '../results/manifest.ts'
import { claimRunFolder, createRunFolder } from '../results/run-folder.ts'
import { takeLock } from '../state/lock.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import { parseEntryUrl, planEntry } from '../system/entry-point.ts'
import { requireAbsent } from '../system/system.ts'
import { Progress } from '../terminal/progress.ts'
import { requireNoJournal } from '../undo/leftovers.ts'
import { exitCodeOf } from '../verdict/exit-code.ts'
import type { CommandContext } from './context.ts'
import { openSession, reopenSession, type Session } from './session.ts'
import { commandLine, type SystemOptions } from './system-options.ts'

export interface AuditOptions extends SystemOptions {
  readonly faults?: string
  readonly accept?: readonly string[]
  readonly only?: readonly string[]
  /** Times in ms. */
  readonly hold?: number
  readonly recovery?: number
  readonly budget?: number
  readonly resume?: string
  readonly seed?: number
  readonly out?: string
  readonly json?: true
}

type Decided = Omit<AuditRecord, 'schema'>

/** Everything that can be refused is refused before anything is started. */
export async function audit(options: AuditOptions, context: CommandContext): Promise<ExitCode> {
  if (options.resume !== undefined) return resumeAudit(options.resume, options, context)
  if (options.url !== undefined) parseEntryUrl(options.url)
  const faults = (options.faults ?? 'kill,pause,cut').split(',').map(kind => findFault(kind.trim()).kind)
  const given = (options.accept ?? []).map(parseAcceptance)
  const session = await openSession(options, context)
  const decided = decide([...new Set(faults)], given, session, options)
  const claimed =
    options.out === undefined ? undefined : await claimRunFolder(resolve(context.cwd, options.out))
  return carryOut(decided, session, options, context, async running => {
    const folder = claimed ?? (await newFolder(decided.system, context))
    const record = { schema: 1 as const, ...decided, components: running }
    await writeAuditRecord(folder.path, record)
    return { path: folder.path, record }
  })
}

async function resumeAudit(dir: string, options: AuditOptions, context: CommandContext): Promise<ExitCode> {
  const path = resolve(context.cwd, dir)
  const record = await readAuditRecord(path)
  const changed = () =>
    new ZonefallError('AUDIT_OF_ANOTHER', `${record.file} has changed since the audit in ${dir} began.`)
  const session = await reopenSession(record, changed, context)
  return carryOut(record, session, options, context, async () => ({ path, record }))
}

function decide(
  faults: readonly string[],
  given: readonly Acceptance[],
  { project, keys, url, instanceHeader, accept }: Session,
  { hold, recovery, seed, only = [] }: AuditOptions,
): Decided {
  const all = componentsOf({
    members: membersOf(project, keys),
    entryServices: entryServicesOf(project, url),
  })
  return {
    system: project.name,
    file: project.file,
    resolvedSha256: hashOf(project),
    url: url ?? null,
    keys,
    instanceHeader,
    seed: seed ?? randomInt(2 ** 31),
    timing: {
      ...AUDIT_TIMING,
      holdMs: hold ?? AUDIT_TIMING.holdMs,
      recoveryMs: recovery ?? AUDIT_TIMING.recoveryMs,
    },
    faults,
    components: onlyMeant(all, only.map(parseSelector)),
    accepted: acceptedOf([...given, ...accept, ...labelledAcceptances(project)], all),
  }
}

/** The entry point's service, and whatever is labelled as a balancer. Errors: URL_UNKNOWN. */
function entryServicesOf(project: ComposeProject, url: string | undefined): string[] {
  const balancers = project.services
    .filter(({ labels }) => labels['zonefall.balancer'] !== undefined)
    .map(({ name }) => name)
  return url === undefined ? [planEntry(project).service, ...balancers] : balancers
}

async function carryOut(
  { components, faults, seed }: Decided,
  session: Session,
  options: AuditOptions,
  context: CommandContext,
  open: (running: readonly Component[]) => Promise<{ path: string; record: AuditRecord }>,
): Promise<ExitCode> {
  const { terminal, packageRoot, cwd, signal } = context
  const { project, state, engine } = session
  await using _lock = await takeLock(state.lockOf(project.name), project.name)
  requireNoJournal(state.journalOf(project.name), project.name)
  await requireAbsent(project, engine)
  terminal.say(
    `plan: audit of ${project.name}: ${components.length} components by ${faults.join(', ')}; seed ${seed}`,
  )
  let path: string | undefined
  const residue = await runAudit({
    ...session,
    components,
    faults,
    url: session.url === undefined ? undefined : parseEntryUrl(session.url),
    open: async running => {
      const opened = await open(running)
      path = opened.path
      return opened
    },
    journalPath: state.journalOf(project.name),
    lockPath: state.lockOf(project.name),
    packageRoot,
    rerun: rerunCommand(seed, faults, options),
    budgetMs: options.budget ?? null,
    nowMs: () => performance.now(),
    observer: new Progress(terminal, () => performance.now()),
    signal,
  }).then(
    () => undefined,
    error => {
      if (error instanceof ZonefallError && error.code === 'RESIDUE') return error
      if (path !== undefined)
        terminal.say(
          `What was tried is kept: \`zonefall audit --resume ${relative(cwd, path) || '.'}\` goes on.`,
        )
      throw error
    },
  )
  if (path === undefined) throw new RangeError('an audit ended well without a folder')
  const verdict = await analyseAudit(path, packageRoot)
  if (options.json) terminal.out(JSON.stringify(verdict))
  for (const line of renderAuditSummary(verdict, { colour: terminal.colour })) terminal.say(line)
  terminal.say(`results: ${relative(cwd, path) || '.'}`)
  if (residue) throw residue
  return exitCodeOf([verdict.status])
}

function newFolder(system: string, { packageRoot }: CommandContext) {
  return createRunFolder(join(packageRoot, 'results'), `audit-${system}`, new Date())
}

function rerunCommand(seed: number, faults: readonly string[], options: AuditOptions): string {
  return commandLine(['npx zonefall audit'], options, [
    ['--faults', faults.join(',')],
    ['--seed', String(seed)],
  ])
}
