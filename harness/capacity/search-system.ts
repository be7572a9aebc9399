import { settle } from '../audit/settle.ts'
import type { ContainerState } from '../docker/containers.ts'
import type { Engine } from '../docker/engine.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { ContainerRef } from '../history/event.ts'
import { referenceOf, resolveMember } from '../plan/resolve-members.ts'
import type { RunObserver } from '../run/observer.ts'
import type { RunningSystem } from '../run/with-system.ts'
import type { CapacityRecord, Condition } from './capacity-record.ts'
import { ConditionTraffic } from './condition-traffic.ts'
import type { StepResult } from './judge-step.ts'
import { runCondition } from './run-condition.ts'
import type { SearchSettings } from './search.ts'
import { SearchLog } from './search-log.ts'
import { startTrivialServer } from './trivial-server.ts'
import { ZoneLoss } from './zone-loss.ts'

export interface Surroundings {
  readonly record: CapacityRecord
  readonly system: RunningSystem
  readonly engine: Engine
  readonly project: string
  readonly observer: RunObserver
  readonly signal: AbortSignal
  /** Whether one more step fits into the budget. */
  readonly hasRoom: () => boolean
}

export interface SystemSearch {
  readonly condition: Condition
  /** An empty folder. */
  readonly path: string
  readonly settings: SearchSettings
  /** Who answers when all are there, where that is told. */
  readonly everybody: ReadonlySet<string>
}

/** Against the local server a second shows as much as four against a system that has queues. */
const GENERATOR_STEP_MS = 1000
const HEALTHY_LIMIT_MS = 15_000
const BACK_LIMIT_MS = 15_000
const CLEAN_MS = 1000

/** The load generator's own limit, against a server that costs as little as one can. */
export async function searchGenerator(
  path: string,
  settings: SearchSettings,
  around: Surroundings,
): Promise<void> {
  around.observer.step('The load generator’s own limit …')
  await using server = await startTrivialServer()
  const { record, signal } = around
  const { limits, seed, instanceHeader } = record
  const request = { url: server.url, path: '/', folder: path, limits, seed, instanceHeader, signal }
  await using traffic = await ConditionTraffic.open({ ...request, stepMs: GENERATOR_STEP_MS })
  await searchWith(traffic, path, 'generator', settings, around)
}

/** The system in one condition: all instances, or a zone gone, which is brought back afterwards. */
export async function searchSystem(
  { condition, path, settings, everybody }: SystemSearch,
  around: Surroundings,
): Promise<void> {
  const { record, system, observer, signal } = around
  const { limits, seed, stepMs, instanceHeader } = record
  observer.step(`${condition.name} …`)
  const request = { url: system.url, path: record.path, folder: path, limits, seed, instanceHeader, signal }
  await using traffic = await ConditionTraffic.open({ ...request, stepMs })
  await using loss = condition.zone === null ? undefined : await loseZone(condition, traffic, around)
  await searchWith(traffic, path, condition.name, settings, around, async () => loss?.requireStillLost())
  if (!loss) return
  await loss.heal()
  await waitUntilBack(traffic, everybody, around)
}

async function searchWith(
  traffic: ConditionTraffic,
  path: string,
  name: string,
  search: SearchSettings,
  { record, observer, hasRoom }: Surroundings,
  confirm = async (): Promise<void> => undefined,
): Promise<void> {
  await using log = await SearchLog.create(path)
  const onStep = (result: StepResult) => observer.remark(`${name}: ${stepLine(result)}`)
  await runCondition({ traffic, log, search, limits: record.limits, hasRoom, onStep, confirm })
}

async function loseZone(
  { zone, members }: Condition,
  traffic: ConditionTraffic,
  { record, system, engine, project, observer, signal }: Surroundings,
): Promise<ZoneLoss> {
  // Containers may have been restarted, and so moved to other addresses, since the zone before.
  const containers = await engine.containers.list(project)
  const targets = members
    .map(member => resolveMember(member, containers, record.keys))
    .filter(isRunningIn(containers))
  if (targets.length === 0)
    throw new ZonefallError('NO_TARGET', `Nothing of ${zone} runs, so that it cannot be lost.`)
  return ZoneLoss.begin({
    fault: record.fault,
    targets,
    references: containers.map(container => referenceOf(container, record.keys)),
    project,
    engine,
    journal: system.journal,
    clock: traffic.clock,
    record: event => {
      traffic.record(event)
      observer.event(event)
    },
    signal,
  })
}

/** An init job that has done its work cannot be broken. */
function isRunningIn(containers: readonly ContainerState[]): (target: ContainerRef) => boolean {
  const running = new Set(containers.filter(({ status }) => status === 'running').map(({ id }) => id))
  return ({ id }) => running.has(id)
}

/** All containers run and are healthy, and whoever answered before any was broken answers again. */
async function waitUntilBack(
  traffic: ConditionTraffic,
  everybody: ReadonlySet<string>,
  { engine, project, observer, signal }: Surroundings,
): Promise<void> {
  const ailing = await settle({ engine, project, limitMs: HEALTHY_LIMIT_MS, signal })
  const calm = await traffic.calm({ cleanMs: CLEAN_MS, expected: everybody, limitMs: BACK_LIMIT_MS })
  if (ailing.length > 0) observer.remark(`Not healthy again: ${ailing.join(', ')}.`)
  if (!calm)
    observer.remark('After its return not all answered again: the next condition may have less to work with.')
}

function stepLine({ rate, passed, achieved, p99_ms: p99Ms, reasons }: StepResult): string {
  const p99 = p99Ms === null ? 'no good answer' : `p99 ${p99Ms.toFixed(p99Ms < 10 ? 1 : 0)} ms`
  return passed
    ? `${rate}/s carried: ${Math.round(achieved)}/s answered, ${p99}`
    : `${rate}/s not carried: ${reasons.join('; ')}`
}
