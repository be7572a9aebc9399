import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type Dockerode from 'dockerode'
import { ZonefallError } from '../errors/zonefall-error.ts'

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

export async function watchEvents(
  docker: Dockerode,
  project: string,
  onEvent: (event: EngineEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const filters = JSON.stringify({ type: ['container'], label: [`com.docker.compose.project=${project}`] })
  const stream = (await docker.getEvents({ filters })) as Readable
  const stop = () => stream.destroy()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  // Two ends: the engine closes the stream (or it breaks), or we destroyed it.
  const ended = once(stream, 'close').catch(() => undefined)
  const lines = createInterface({ input: stream })
  lines.on('error', () => undefined) // a stream that breaks is closed too, and that is looked at below
  lines.on('line', line => {
    const event = parseEvent(line)
    if (event) onEvent(event)
  })
  await ended
  lines.close()
  signal.removeEventListener('abort', stop)
  if (!signal.aborted)
    throw new ZonefallError('ENGINE_LOST', 'The Docker engine stopped answering in mid-run.')
}

function parseEvent(line: string): EngineEvent | undefined {
  // `timeNano` is above 2^53, where JSON.parse rounds: its digits are taken from the text.
  const nano = /"timeNano":(\d+)/.exec(line)?.[1]
  const parsed = JSON.parse(line) as {
    Action?: string
    Actor?: { ID?: string; Attributes?: Record<string, string> }
  }
  const containerId = parsed.Actor?.ID
  if (!nano || !containerId || !parsed.Action || parsed.Action.startsWith('exec_')) return undefined
  const attributes = parsed.Actor?.Attributes ?? {}
  const exitCode = attributes['exitCode']
  return {
    containerId,
    service: attributes['com.docker.compose.service'],
    number: Number(attributes['com.docker.compose.container-number'] ?? 1),
    action: parsed.Action,
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    engineNs: BigInt(nano),
  }
}
