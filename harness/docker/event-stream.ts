import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type Dockerode from 'dockerode'
import { ZonefallError } from '../errors/zonefall-error.ts'

/** One line of the engine's event stream. */
export interface StreamedEvent {
  /** `container`, `network` … */
  readonly type: string
  readonly action: string
  /** Of what it is about. */
  readonly id: string
  readonly attributes: Readonly<Record<string, string>>
  /** Engine's clock, ns since the epoch. */
  readonly engineNs: bigint
}

/** Calls `onEvent` for each event that passes the filters until aborted. Errors: ENGINE_LOST. */
export async function followEvents(
  docker: Dockerode,
  filters: Readonly<Record<string, readonly string[]>>,
  onEvent: (event: StreamedEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const stream = (await docker.getEvents({ filters: JSON.stringify(filters) })) as Readable
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

function parseEvent(line: string): StreamedEvent | undefined {
  // `timeNano` is above 2^53, where JSON.parse rounds: its digits are taken from the text.
  const nano = /"timeNano":(\d+)/.exec(line)?.[1]
  const parsed = JSON.parse(line) as {
    Type?: string
    Action?: string
    Actor?: { ID?: string; Attributes?: Record<string, string> }
  }
  const { Type: type = '', Action: action } = parsed
  const id = parsed.Actor?.ID
  if (!nano || !id || !action) return undefined
  return { type, action, id, attributes: parsed.Actor?.Attributes ?? {}, engineNs: BigInt(nano) }
}
