import { once } from 'node:events'
import type Dockerode from 'dockerode'
import { messageOf } from '../errors/zonefall-error.ts'
import { parseEngineTime } from './clock.ts'
import { type CpuLimits, limitCpu, readCpuLimits } from './cpu.ts'
import { type Deployment, deploy, keepDeployed, rollBack } from './deployment.ts'
import { readLogs } from './logs.ts'
import { limitMemory, type MemoryLimits, type MemoryUse, readMemory } from './memory.ts'
import { createReplacement, discardReplacement, putInPlace, type ReplacementChanges } from './replacement.ts'

/** One container of a Compose project, as it is now. */
export interface ContainerState {
  readonly id: string
  readonly name: string
  readonly service: string
  /** Compose's number of it among its service's replicas, from 1. */
  readonly number: number
  readonly labels: Readonly<Record<string, string>>
  readonly status: string
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy'
  /** Its health check as a command line; empty when it has none. */
  readonly healthCheck: readonly string[]
  readonly exitCode: number
  /** Its main process, or one of its others, was last killed for want of memory. */
  readonly oomKilled: boolean
  readonly restartCount: number
  /** Process id of its main process in the engine's own pid namespace; 0 when it does not run. */
  readonly pid: number
  /** Engine's clock, ns since the epoch; 0 when it never was. */
  readonly startedNs: bigint
  readonly finishedNs: bigint
  readonly ports: readonly PublishedPort[]
  /** `host`, `none`, `container:ID`, or the network that it was created in. */
  readonly networkMode: string
  /** Its own addresses in its networks; none when it does not run. */
  readonly addresses: readonly string[]
}

export interface PublishedPort {
  readonly containerPort: number
  readonly hostIp: string
  readonly hostPort: number
}

export interface Containers {
  list(project: string): Promise<ContainerState[]>
  inspect(id: string): Promise<ContainerState>
  kill(id: string): Promise<void>
  /** By its own stop signal; killed after its own grace period, or after `graceSeconds`. Resolves when it has ended. */
  stop(id: string, graceSeconds: number | undefined): Promise<void>
  /** Stopped so, and started again. */
  restart(id: string, graceSeconds: number | undefined): Promise<void>
  pause(id: string): Promise<void>
  /** One that is not paused, or is gone, is not an error. */
  unpause(id: string): Promise<void>
  /** Starting one that runs already is not an error. */
  start(id: string): Promise<void>
  /** Stops and removes it; one that is gone already is not an error. */
  remove(id: string): Promise<void>
  isThere(id: string): Promise<boolean>
  /** Creates, and does not start, another of the same configuration but for the changes; resolves with its id. */
  createReplacement(id: string, changes?: ReplacementChanges): Promise<string>
  /** Starts it under that name if nobody has it any more; else removes it. One that is gone is not an error. */
  putInPlace(replacementId: string, name: string): Promise<void>
  /** Removes it unless it has that name. */
  discardReplacement(replacementId: string, name: string): Promise<void>
  /** The original is stopped and kept aside, the replacement started in its place. */
  deploy(deployment: Deployment): Promise<void>
  /** What was deployed stays, and the original is removed. */
  keepDeployed(deployment: Deployment): Promise<void>
  /** The original is put back, if it is still there, and the replacement removed. */
  rollBack(deployment: Deployment): Promise<void>
  /** Runs a command inside it; resolves with the exit code, `null` if it did not end in time or could not run. */
  exec(id: string, command: readonly string[], limitMs: number): Promise<number | null>
  memory(id: string): Promise<MemoryUse>
  /** Of a container that is gone there is nothing to limit: no error. */
  limitMemory(id: string, limits: MemoryLimits): Promise<void>
  cpuLimits(id: string): Promise<CpuLimits>
  /** Of a container that is gone there is nothing to limit: no error. */
  limitCpu(id: string, limits: CpuLimits): Promise<void>
  logs(id: string, tailLines: number | 'all'): Promise<string>
}

export function containersOf(docker: Dockerode): Containers {
  const inspect = async (id: string) => stateOf(await docker.getContainer(id).inspect())
  return {
    async list(project) {
      const filters = { label: [`com.docker.compose.project=${project}`, 'com.docker.compose.oneoff=False'] }
      const found = await docker.listContainers({ all: true, filters })
      const states = await Promise.all(found.map(({ Id }) => inspect(Id).catch(unlessStatus(404))))
      return states.filter(state => state !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    inspect,
    async kill(id) {
      await docker.getContainer(id).kill({ signal: 'SIGKILL' })
    },
    async stop(id, graceSeconds) {
      await docker.getContainer(id).stop(graceOf(graceSeconds))
    },
    async restart(id, graceSeconds) {
      await docker.getContainer(id).restart(graceOf(graceSeconds))
    },
    pause: id => freeze(docker, id),
    unpause: id => unpause(docker, id),
    async start(id) {
      await docker.getContainer(id).start().catch(unlessStatus(304))
    },
    async remove(id) {
      await docker.getContainer(id).remove({ force: true, v: true }).catch(unlessStatus(404, 409))
    },
    async isThere(id) {
      return (await docker.getContainer(id).inspect().catch(unlessStatus(404))) !== undefined
    },
    createReplacement: (id, changes) => createReplacement(docker, id, changes),
    putInPlace: (id, name) => putInPlace(docker, id, name),
    discardReplacement: (id, name) => discardReplacement(docker, id, name),
    deploy: deployment => deploy(docker, deployment),
    keepDeployed: deployment => keepDeployed(docker, deployment),
    rollBack: deployment => rollBack(docker, deployment),
    exec: (id, command, limitMs) => runInside(docker, id, command, limitMs),
    memory: id => readMemory(docker, id),
    limitMemory: (id, limits) => limitMemory(docker, id, limits),
    cpuLimits: id => readCpuLimits(docker, id),
    limitCpu: (id, limits) => limitCpu(docker, id, limits),
    logs: (id, tailLines) => readLogs(docker, id, tailLines),
  }
}

function graceOf(seconds: number | undefined): { t?: number } {
  return seconds === undefined ? {} : { t: seconds }
}

const FREEZE_ATTEMPTS = 5

/** runc gives up on a container whose processes are busy starting others, and lets it go on: the next attempt may find them quiet. */
async function freeze(docker: Dockerode, id: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await docker.getContainer(id).pause()
      return
    } catch (error) {
      if (attempt === FREEZE_ATTEMPTS || !messageOf(error).includes('unable to freeze')) throw error
    }
  }
}

async function unpause(docker: Dockerode, id: string): Promise<void> {
  const container = docker.getContainer(id)
  const state = await container.inspect().catch(unlessStatus(404))
  if (!state?.State.Paused) return
  await container.unpause().catch(async (error: unknown) => {
    // Somebody may have done so since, which the engine calls a failure of its own.
    const now = await container.inspect().catch(unlessStatus(404))
    if (now?.State.Paused) throw error
  })
}

/** Turns an engine error with one of these statuses into `undefined`: the state asked for is there already. */
export function unlessStatus(...statuses: number[]): (error: unknown) => undefined {
  return error => {
    const status = (error as { statusCode?: number }).statusCode
    if (status === undefined || !statuses.includes(status)) throw error
    return undefined
  }
}

/** Whether an engine error says that the thing is not there any more. */
export function isGone(error: unknown): boolean {
  return (error as { statusCode?: number }).statusCode === 404
}

function stateOf(inspected: Dockerode.ContainerInspectInfo): ContainerState {
  const { Config, State } = inspected
  const labels = Config.Labels ?? {}
  const health = State.Health?.Status
  return {
    id: inspected.Id,
    name: inspected.Name.replace(/^\//, ''),
    service: labels['com.docker.compose.service'] ?? '',
    number: Number(labels['com.docker.compose.container-number'] ?? 1),
    labels,
    status: State.Status,
    healthCheck: commandOf(Config.Healthcheck?.Test),
    health: health === 'healthy' || health === 'unhealthy' || health === 'starting' ? health : 'none',
    exitCode: State.ExitCode,
    oomKilled: State.OOMKilled,
    restartCount: inspected.RestartCount,
    pid: State.Pid,
    startedNs: engineTimeOrZero(State.StartedAt),
    finishedNs: engineTimeOrZero(State.FinishedAt),
    ports: Object.entries(inspected.NetworkSettings.Ports ?? {}).flatMap(([key, bindings]) =>
      (bindings ?? []).map(binding => ({
        containerPort: Number.parseInt(key, 10),
        hostIp: binding.HostIp,
        hostPort: Number(binding.HostPort),
      })),
    ),
    networkMode: inspected.HostConfig.NetworkMode ?? 'default',
    addresses: Object.values(inspected.NetworkSettings.Networks ?? {})
      .flatMap(({ IPAddress, GlobalIPv6Address }) => [IPAddress, GlobalIPv6Address])
      .filter(address => address !== ''),
  }
}

/** The engine writes year 1 for "never". */
function engineTimeOrZero(text: string): bigint {
  return text === '' || text.startsWith('0001-') ? 0n : parseEngineTime(text)
}

/** `["CMD", …]` and `["CMD-SHELL", "…"]`, as the engine keeps a health check. */
function commandOf(test: readonly string[] = []): string[] {
  const [kind, ...rest] = test
  if (kind === 'CMD') return rest
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', rest.join(' ')] : []
}

async function runInside(
  docker: Dockerode,
  id: string,
  command: readonly string[],
  limitMs: number,
): Promise<number | null> {
  const exec = await docker
    .getContainer(id)
    .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true })
    .catch(unlessStatus(404, 409)) // it has ended since it was listed
  if (!exec) return null
  const output = await exec.start({})
  output.resume() // it has to be read to its end, though nobody wants it
  const limit = setTimeout(() => output.destroy(), limitMs)
  await once(output, 'close')
  clearTimeout(limit)
  return (await exec.inspect()).ExitCode
}
