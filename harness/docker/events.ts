import type Dockerode from 'dockerode'
import { followEvents } from './event-stream.ts'

/** One line of the engine's event stream about a container of the project. */
export interface EngineEvent {
  readonly containerId: string
  /** Compose's service and number of it, by which one that stands in another's place is known. */
  readonly service: string | undefined
  readonly number: number
  /** `kill`, `die`, `start`, `health_status: healthy` … */
  readonly action: string
  readonly exitCode: number | undefined
  /** Engine's clock, ns since the epoch. */
  readonly engineNs: bigint
}

export function watchEvents(
  docker: Dockerode,
  project: string,
  onEvent: (event: EngineEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const filters = { type: ['container'], label: [`com.docker.compose.project=${project}`] }
  return followEvents(
    docker,
    filters,
    ({ id, action, attributes, engineNs }) => {
      if (action.startsWith('exec_')) return
      const exitCode = attributes['exitCode']
      onEvent({
        containerId: id,
        service: attributes['com.docker.compose.service'],
        number: Number(attributes['com.docker.compose.container-number'] ?? 1),
        action,
        exitCode: exitCode === undefined ? undefined : Number(exitCode),
        engineNs,
      })
    },
    signal,
  )
}
