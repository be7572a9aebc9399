import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'

export interface EventLine {
  readonly seq: number
  readonly at_ns: string
  readonly server: string
  readonly state: string
  readonly from: string | null
  readonly cause: string
  readonly heartbeat?: true
}

export interface WatchedEvents extends AsyncDisposable {
  readonly contentType: string | undefined
  readonly lines: EventLine[]
  /** `state: cause` of each line about that server. */
  events(server: string): string[]
}

export async function watchEvents(adminPort: number): Promise<WatchedEvents> {
  const asked = get({ host: '127.0.0.1', port: adminPort, path: '/v1/events', agent: false })
  asked.on('error', () => undefined)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  const lines: EventLine[] = []
  const reader = createInterface({ input: answer })
  reader.on('line', line => lines.push(JSON.parse(line)))
  // Disposing cuts the stream, which its reader reports.
  for (const stream of [answer, reader]) stream.on('error', () => undefined)
  return {
    contentType: answer.headers['content-type'],
    lines,
    events: server =>
      lines.filter(line => line.server === server).map(({ state, cause }) => `${state}: ${cause}`),
    [Symbol.asyncDispose]: async () => {
      asked.destroy()
      if (!answer.closed) await new Promise(resolve => answer.once('close', resolve))
    },
  }
}
