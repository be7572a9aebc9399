import { Agent, type IncomingMessage, request } from 'node:http'
import type { ProbeSettings } from '../../experiment/experiment.ts'
import type { Connection, Outcome } from '../../history/sample.ts'
import { loopbackAddress } from '../loopback.ts'
import { outcomeOfError, outcomeOfTruncation } from '../outcome.ts'
import { startDeadline } from './deadline.ts'

export interface ProbeResult {
  readonly status: number
  readonly outcome: Outcome
  readonly connection: Connection
  readonly instanceHeader: string | string[] | undefined
}

export type ProbeKind = 'fresh' | 'kept'
export type SendProbe = (kind: ProbeKind, onEnd: (result: ProbeResult) => void) => void

const LONGEST_BODY_CHECKED = 1024 * 1024

export interface SenderRequest {
  readonly url: URL
  readonly settings: ProbeSettings
  /** In lower case. */
  readonly instanceHeader: string
  /** How long this process has stood still so far; no deadline runs meanwhile. */
  readonly stalledMs: () => number
}

/** Makes the function that sends one probe now and reports its end exactly once, whatever becomes of it. */
export function probeSender({ url, settings, instanceHeader, stalledMs }: SenderRequest): SendProbe {
  const kept = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 256 })
  const target = settings.path === undefined ? url : new URL(settings.path, url)
  const options = {
    host: loopbackAddress(target.hostname),
    port: target.port || 80,
    path: target.pathname + target.search,
    method: settings.method,
    headers: {
      host: target.host,
      'user-agent': 'zonefall-prober',
      ...settings.headers,
      ...lengthOf(settings.body),
    },
  }
  return (kind, onEnd) => {
    let ended = false
    let answer: IncomingMessage | undefined
    const end = (outcome: Outcome) => {
      if (ended) return
      ended = true
      callOff()
      const opened = probe.reusedSocket ? 'kept-reused' : 'kept-opened'
      onEnd({
        status: answer?.statusCode ?? 0,
        outcome,
        connection: kind === 'fresh' ? 'fresh' : opened,
        instanceHeader: answer?.headers[instanceHeader],
      })
    }
    const probe = request({ ...options, agent: kind === 'fresh' ? false : kept })
    // Runs from the sending, not from the due time: a prober that is late must not make failures up.
    const callOff = startDeadline(settings.deadlineMs, stalledMs, () => {
      end('deadline')
      probe.destroy()
    })
    probe.on('error', error => end(outcomeOfError(error)))
    probe.on('response', response => {
      answer = response
      readBody(response, settings.expect.bodyIncludes !== undefined, (body, complete) => {
        end(complete ? judge(response.statusCode ?? 0, body, settings) : outcomeOfTruncation(response))
      })
    })
    probe.end(settings.body)
  }
}

function readBody(
  response: IncomingMessage,
  keep: boolean,
  onEnd: (body: string, complete: boolean) => void,
): void {
  let body = ''
  if (keep) response.setEncoding('utf8')
  response.on('data', (chunk: string | Buffer) => {
    if (keep && body.length < LONGEST_BODY_CHECKED) body += chunk
  })
  response.on('end', () => onEnd(body, response.complete))
  response.on('error', () => onEnd(body, false))
}

function judge(status: number, body: string, { expect }: ProbeSettings): Outcome {
  const expected = expect.status ? expect.status.includes(status) : status >= 200 && status < 400
  if (!expected) return 'status'
  return expect.bodyIncludes === undefined || body.includes(expect.bodyIncludes) ? 'ok' : 'body'
}

function lengthOf(body: string | undefined): { 'content-length'?: number } {
  return body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
}
