import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Backend } from '../server/backend.ts'
import { reportFailure } from '../server/passive-health.ts'
import type { Server } from '../server/server.ts'
import type { RequestTrace } from '../stats/request-trace.ts'
import type { Traffic } from '../stats/traffic.ts'
import { Attempt, type AttemptSettings, type UpstreamRequest } from '../upstream/attempt.ts'
import type { Failure } from '../upstream/failure.ts'
import { BodyReplay } from './body-replay.ts'
import { type ClientFacts, upstreamHeaders } from './headers.ts'
import { answerOwn } from './own-answer.ts'
import { readRequest } from './read-request.ts'
import { relayAnswer } from './relay-answer.ts'
import { decide, isIdempotent, NOTHING_SPENT, type Spent, statusOf } from './retry-policy.ts'

export interface ForwardSettings extends AttemptSettings {
  readonly backend: Backend
  readonly traffic: Traffic
  readonly retries: number
  readonly replayLimit: number
  readonly maxUrl: number
  /** Whether this answer is to be the last on its connection. */
  readonly isDraining: () => boolean
  readonly onTrouble: (trouble: Trouble) => void
}

/** A request that did not end as it should have. */
export interface Trouble {
  readonly reason: string
  readonly server: string | null
  readonly method: string
}

type Expects = ClientFacts['expects']

/** Carries one request to a server and its answer back, to further servers as long as that is safe. */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  expects: Expects,
  settings: ForwardSettings,
): Promise<void> {
  const trace = settings.traffic.begin(request, response)
  const reading = readRequest(request, settings.maxUrl)
  if (reading.kind === 'refused') {
    if (settings.isDraining()) response.setHeader('connection', 'close')
    answerOwn(response, reading.status, reading.reason)
    trace.settle(reading.reason)
    return
  }
  const { facts } = reading
  const body = facts.framing === 'none' ? undefined : new BodyReplay(request, settings.replayLimit)
  const resendable = () => isIdempotent(facts.method) && (body?.replayable ?? true)
  const upstream: UpstreamRequest = {
    method: facts.method,
    path: facts.path,
    headers: upstreamHeaders(request.rawHeaders, {
      ...facts,
      host: facts.host ?? settings.backend.name,
      address: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown',
      expects: body ? expects : 'nothing',
    }),
    body,
    expects: body ? expects : 'nothing',
    onContinue: once(() => response.writeContinue()),
    onInformation: (status, headers) => relayInformation(response, status, headers),
    resendable,
  }
  // A request that cannot be taken back first lets the loop see which kept connections have just been closed.
  if (!resendable()) await new Promise(setImmediate)
  const end = await dispatch(upstream, response, resendable, trace, settings)
  trace.settle(end.kind === 'done' ? undefined : end.reason)
  if (end.kind === 'own') {
    if (response.destroyed || response.headersSent) return
    if (settings.isDraining()) response.setHeader('connection', 'close')
    answerOwn(response, end.status, end.reason)
  }
  body?.discard()
  if (end.kind !== 'done')
    settings.onTrouble({ reason: end.reason, server: end.server?.name ?? null, method: facts.method })
}

type End =
  | { readonly kind: 'done' }
  | { readonly kind: 'own'; readonly status: number; readonly reason: string; readonly server: Server | null }
  | { readonly kind: 'cut'; readonly reason: string; readonly server: Server }

async function dispatch(
  upstream: UpstreamRequest,
  response: ServerResponse,
  resendable: () => boolean,
  trace: RequestTrace,
  settings: ForwardSettings,
): Promise<End> {
  const { backend } = settings
  const tried = new Set<Server>()
  let spent: Spent = NOTHING_SPENT
  let last: Failure | undefined
  let attempt: Attempt | undefined
  response.on('close', () => {
    if (!response.writableFinished) attempt?.abort()
  })
  for (;;) {
    if (response.destroyed) return { kind: 'done' }
    trace.queued()
    const server = backend.pick(tried)
    if (!server || server.address === null) return nobody(backend, last)
    trace.picked(server)
    attempt = new Attempt(server, server.address, upstream, settings)
    const outcome = await attempt.outcome
    if (outcome.kind === 'answered') {
      trace.answered(attempt)
      return await relay(outcome.answer, attempt, response, trace, settings)
    }
    last = outcome.failure
    if (last.cause === 'client-gone') return { kind: 'done' }
    trace.failed(server, last)
    reportFailure(backend, server, last)
    const decision = decide(last, resendable(), spent, {
      retries: settings.retries,
      servers: backend.servers.length,
    })
    if (decision.kind === 'give-up')
      return { kind: 'own', status: decision.status, reason: decision.reason, server }
    tried.add(server)
    server.retries += 1
    trace.again(server, last)
    spent = decision.spent
  }
}

async function relay(
  answer: IncomingMessage,
  attempt: Attempt,
  response: ServerResponse,
  trace: RequestTrace,
  settings: ForwardSettings,
): Promise<End> {
  const { server } = attempt
  try {
    const end = await relayAnswer(answer, response, settings.isDraining() || !response.req.complete)
    if (end === 'client-gone') attempt.abort()
    if (end !== 'cut') return { kind: 'done' }
    trace.cut()
    settings.backend.observe(server, { kind: 'suspected' })
    server.checkNow()
    return { kind: 'cut', reason: 'answer-cut', server }
  } catch (error) {
    // A head that the lenient half of Node's HTTP lets in and its strict half will not write.
    attempt.abort()
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    return { kind: 'own', status: 502, reason: `bad-answer ${code}`, server }
  }
}

function nobody(backend: Backend, last: Failure | undefined): End {
  const reason = last?.cause ?? (backend.up.length > 0 ? 'maxconn' : 'no-server-up')
  return { kind: 'own', status: last ? statusOf(last) : 503, reason, server: null }
}

function relayInformation(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): void {
  const { link } = headers
  if (status !== 103 || link === undefined || response.headersSent || response.req.httpVersion === '1.0')
    return
  try {
    response.writeEarlyHints({ link })
  } catch {
    return // Node takes fewer forms of Link than servers send (two in one header, say); a hint may be lost
  }
}

function once(act: () => void): () => void {
  let due = true
  return () => {
    if (due) act()
    due = false
  }
}
