import type Dockerode from 'dockerode'
import { followEvents } from './event-stream.ts'

/** What somebody did to a container, or what became of it, as the engine's event stream tells it. */
export interface EngineDeed {
  readonly containerId: string
  /** Compose's service and number of it; not told of what is done to a network. */
  readonly service: string | undefined
  readonly number: number
  /** `kill`, `die`, `oom`, `stop`, `start`, `restart`, `pause`, `unpause`, `update`, `destroy`, `connect`, `disconnect`. */
  readonly action: string
  /** Of `kill`. */
  readonly signal: number | undefined
  /** Of `die`. */
  readonly exitCode: number | undefined
  /** Its name, of `connect` and `disconnect`. */
  readonly network: string | undefined
  /** Engine's clock, ns since the epoch. */
  readonly engineNs: bigint
}

const OF_CONTAINERS = [
  'kill',
  'die',
  'oom',
  'stop',
  'start',
  'restart',
  'pause',
  'unpause',
  'update',
  'destroy',
]
const OF_NETWORKS = ['connect', 'disconnect']

/**
 * Tells every deed to a container of the project. The engine names no project in what it tells of networks: there
 * all containers' are told, and it is for the caller to know its own.
 */
export function watchDeeds(
  docker: Dockerode,
  project: string,
  onDeed: (deed: EngineDeed) => void,
  signal: AbortSignal,
): Promise<void> {
  const filters = { type: ['container', 'network'], event: [...OF_CONTAINERS, ...OF_NETWORKS] }
  return followEvents(
    docker,
    filters,
    ({ type, action, id, attributes, engineNs }) => {
      const isNetwork = type === 'network'
      if (!isNetwork && attributes['com.docker.compose.project'] !== project) return
      const containerId = isNetwork ? attributes['container'] : id
      if (containerId === undefined) return
      onDeed({
        containerId,
        service: attributes['com.docker.compose.service'],
        number: Number(attributes['com.docker.compose.container-number'] ?? 1),
        action,
        signal: numberOf(attributes['signal']),
        exitCode: numberOf(attributes['exitCode']),
        network: isNetwork ? attributes['name'] : undefined,
        engineNs,
      })
    },
    signal,
  )
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
