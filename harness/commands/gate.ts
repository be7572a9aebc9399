import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Calibration } from '../calibration/judge-calibration.ts'
import type { ExitCode } from '../errors/exit-codes.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { loadExperiment } from '../experiment/load-experiment.ts'
import { analyseGate, weighGate } from '../gate/analyse-gate.ts'
import { calibrateFirst } from '../gate/calibrate-first.ts'
import { writeGateRecord } from '../gate/gate-record.ts'
import { isLastingFailure } from '../gate/lasting-failure.ts'
import { drawFirsts, nextTrial } from '../gate/rounds.ts'
import { runGate } from '../gate/run-gate.ts'
import { openSides, type Side, type Sides } from '../gate/sides.ts'
import { gateNameOf, withWorkspace } from '../gate/workspace.ts'
import { renderGateSummary } from '../report/gate-summary.ts'
import { claimRunFolder, createRunFolder, type RunFolder } from '../results/run-folder.ts'
import { takeLock } from '../state/lock.ts'
import { parseEntryUrl, planEntry } from '../system/entry-point.ts'
import { requireAbsent } from '../system/system.ts'
import { Progress } from '../terminal/progress.ts'
import { requireNoJournal } from '../undo/leftovers.ts'
import { exitCodeOf } from '../verdict/exit-code.ts'
import type { CommandContext } from './context.ts'
import {
  type Gate,
  type GateOptions,
  planOf,
  preparationOf,
  recordOf,
  requireComparable,
  rerunCommand,
  sayPlan,
} from './gate-plan.ts'
import { openSession } from './session.ts'

/** Base and candidate under the same faults, in turn; everything that can be refused before that, is. */
export async function gate(name: string, options: GateOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, packageRoot, cwd } = context
  if (options.url !== undefined) parseEntryUrl(options.url)
  const experiment = await loadExperiment(name, join(packageRoot, 'experiments'))
  requireComparable(experiment, options)
  const session = await openSession(options, context, experiment.system)
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
  const decided = { experiment, given: name, seed, options, session, context, observer }
  const remark = (text: string) => observer.remark(text)
  return await withWorkspace(
    { ...context, state, project: project.name, engine, remark },
    async workspace => {
      const sides = await openSides({
        ...context,
        given: options.baseline,
        project,
        referenceFile: join(packageRoot, 'docker-compose.yml'),
        preparation: preparationOf(decided),
        plan: side => planOf(side, decided),
        workspace,
        remark,
      })
      sayPlan(sides, decided)
      return await compare(sides, openFolder, decided)
    },
  )
}

/** Calibration, the rounds, and the verdict, which is on disk before anything of the gate's is removed. */
async function compare(sides: Sides, openFolder: () => Promise<RunFolder>, decided: Gate): Promise<ExitCode> {
  const { options, context } = decided
  const { terminal, packageRoot, cwd } = context
  const calibration = await calibrate(decided)
  const folder = await openFolder()
  await writeGateRecord(folder.path, recordOf(sides, calibration, decided))
  const residue =
    calibration.status === 'pass'
      ? await carryOut(sides, folder, decided).catch(error => residueOrThrow(error, folder, context))
      : undefined
  const verdict = await analyseGate(folder.path, packageRoot)
  if (options.json) terminal.out(JSON.stringify(verdict))
  for (const line of renderGateSummary(verdict, { colour: terminal.colour })) terminal.say(line)
  terminal.say(`results: ${relative(cwd, folder.path) || '.'}`)
  if (residue) throw residue
  return exitCodeOf([verdict.status])
}

function calibrate({ experiment, seed, context, observer }: Gate): Promise<Calibration> {
  observer.step('Calibrating: outages of known length, to see that this machine measures well.')
  return calibrateFirst(experiment.probes, seed, text => observer.remark(text), context.signal)
}

/** What a gate left behind is told after its verdict, which it does not take away. Else there is none: only a record. */
function residueOrThrow(
  error: unknown,
  { path }: RunFolder,
  { cwd, terminal }: CommandContext,
): ZonefallError {
  if (error instanceof ZonefallError && error.code === 'RESIDUE') return error
  const hasTrials = ['base', 'candidate'].some(side => existsSync(join(path, side, 'trial-1')))
  if (hasTrials) terminal.say(`recorded until then: ${relative(cwd, path) || '.'}`)
  throw error
}

/** The rounds; leaves the histories in the folder. */
async function carryOut(sides: Sides, folder: RunFolder, decided: Gate): Promise<undefined> {
  const { experiment, seed, options, session, context, observer } = decided
  const { packageRoot, signal } = context
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
      const hasFailed = verdict.slos.some(isLastingFailure)
      return nextTrial({ wanted: options.trials, firsts, trials, comparison: verdict.comparison, hasFailed })
    },
  })
}
