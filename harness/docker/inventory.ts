import { createHash } from 'node:crypto'
import type Dockerode from 'dockerode'
import { unlessStatus } from './containers.ts'
import { NO_QUOTA } from './cpu.ts'
import { HELPER_LABEL } from './helper.ts'
import { NO_LIMIT_BYTES } from './memory.ts'

/** What the engine says of a project's containers, and of all else that it carries: what an audit compares. */
export interface Inventory {
  readonly containers: readonly ContainerSettings[]
  /** Containers and networks outside the project, without anybody's helpers. */
  readonly others: readonly OtherThing[]
}

export interface ContainerSettings {
  readonly id: string
  readonly name: string
  readonly service: string
  readonly number: number
  /** `running`, `paused`, `exited` … */
  readonly status: string
  readonly exitCode: number
  /** `no`, `always`, `on-failure:3` … */
  readonly restartPolicy: string
  /** Limits by the engine's own names; what is not set is 0. */
  readonly limits: Readonly<Record<string, string>>
  readonly networks: readonly Attachment[]
  /** A hash of all that it was created with, for one that stands in another's place. */
  readonly configuration: string
}

export interface Attachment {
  readonly network: string
  /** Sorted, without the container's id. */
  readonly aliases: readonly string[]
  /** Its addresses there: another one each time that it starts. */
  readonly addresses: readonly string[]
}

export interface OtherThing {
  readonly kind: 'container' | 'network'
  readonly id: string
  readonly name: string
  /** Of a container: its status and its networks. Of a network: its driver. */
  readonly state: string
}

export async function takeInventory(docker: Dockerode, project: string): Promise<Inventory> {
  const [listed, networks] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listNetworks({}),
  ])
  const isOfProject = (labels: Record<string, string> | undefined) =>
    labels?.['com.docker.compose.project'] === project
  const inspected = await Promise.all(
    listed
      .filter(({ Labels }) => isOfProject(Labels))
      .map(({ Id }) => docker.getContainer(Id).inspect().catch(unlessStatus(404))),
  )
  return {
    containers: inspected
      .filter(one => one !== undefined)
      .map(settingsOf)
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    others: [
      ...listed
        .filter(({ Labels }) => !isOfProject(Labels) && Labels[HELPER_LABEL] === undefined)
        .map(otherContainer),
      ...networks
        .filter(({ Labels }) => !isOfProject(Labels))
        .map(({ Id, Name, Driver }) => ({ kind: 'network' as const, id: Id, name: Name, state: Driver })),
    ],
  }
}

function settingsOf({
  Id,
  Name,
  Config,
  State,
  HostConfig,
  NetworkSettings,
}: Dockerode.ContainerInspectInfo) {
  const labels = Config.Labels ?? {}
  const { Name: policy = 'no', MaximumRetryCount: most = 0 } = HostConfig.RestartPolicy ?? {}
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    service: labels['com.docker.compose.service'] ?? '',
    number: Number(labels['com.docker.compose.container-number'] ?? 1),
    status: State.Status,
    exitCode: State.ExitCode,
    restartPolicy: `${policy || 'no'}${most > 0 ? `:${most}` : ''}`,
    limits: limitsOf(HostConfig),
    networks: Object.entries(NetworkSettings.Networks ?? {}).map(([network, endpoint]) => ({
      network,
      aliases: [...(endpoint.Aliases ?? [])].filter(alias => !Id.startsWith(alias)).sort(),
      addresses: [endpoint.IPAddress, endpoint.GlobalIPv6Address].filter(Boolean),
    })),
    configuration: configurationOf(Id, Config, HostConfig),
  }
}

/** Without what is its own by nature: the host name that the engine made of its id. */
function configurationOf(
  id: string,
  { Hostname, ...config }: Dockerode.ContainerInspectInfo['Config'],
  hostConfig: object,
): string {
  const hostName = id.startsWith(Hostname) ? '' : Hostname
  return createHash('sha256')
    .update(JSON.stringify([hostName, config, hostConfig]))
    .digest('hex')
}

/** Every limit that `docker update` or a fault may set: memory, CPU, processes, block devices. */
const LIMITS = [
  ...['Memory', 'MemoryReservation', 'MemorySwap', 'KernelMemory', 'OomKillDisable'],
  ...['CpuShares', 'CpuPeriod', 'CpuQuota', 'CpuRealtimePeriod', 'CpuRealtimeRuntime', 'NanoCpus'],
  ...['CpusetCpus', 'CpusetMems', 'PidsLimit', 'BlkioWeight', 'BlkioWeightDevice', 'BlkioDeviceReadBps'],
  ...['BlkioDeviceWriteBps', 'BlkioDeviceReadIOps', 'BlkioDeviceWriteIOps'],
]

function limitsOf(hostConfig: object): Record<string, string> {
  const settings = hostConfig as Record<string, unknown>
  return Object.fromEntries(LIMITS.map(name => [name, limitText(name, settings[name])]))
}

/** The engine writes "not set" in many ways. */
function limitText(name: string, value: unknown): string {
  const isUnset =
    !value ||
    (name === 'CpuQuota' && value === NO_QUOTA) ||
    (typeof value === 'number' && value >= NO_LIMIT_BYTES) ||
    (Array.isArray(value) && value.length === 0)
  if (isUnset) return '0'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function otherContainer({ Id, Names, State, NetworkSettings }: Dockerode.ContainerInfo): OtherThing {
  const networks = Object.keys(NetworkSettings?.Networks ?? {}).sort()
  return {
    kind: 'container',
    id: Id,
    name: Names[0]?.slice(1) ?? Id.slice(0, 12),
    state: networks.length > 0 ? `${State} on ${networks.join(' and ')}` : State,
  }
}
