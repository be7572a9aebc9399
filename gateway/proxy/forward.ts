import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { App } from '../routing/app.ts'
import type { RequestTarget } from '../routing/request-target.ts'
import type { GatewayContext } from '../server/gateway-context.ts'
import { answerError, type GatewayErrorCode } from '../server/own-answer.ts'
import { type AttemptResult, attempt } from './attempt.ts'
import type { AttemptFailure } from './failure.ts'
import { relayAnswer } from './relay-answer.ts'
import { evidenceOf, isIdempotent, mayRepeat } from './repeat-policy.ts'
import { RequestBody } from './request-body.ts'
import { requestHead } from './request-head.ts'

/** One client's request on its way through. */
interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly method: string
  readonly target: RequestTarget
  readonly head: IncomingHttpHeaders
  readonly body: RequestBody
  readonly clientGone: AbortSignal
}

/** Sends a request to an app, to others if need be, and the answer back. */
export async function forward(
  context: GatewayContext,
  req: IncomingMessage,
  res: ServerResponse,
  target: RequestTarget,
): Promise<void> {
  const exchange: Exchange = {
    req,
    res,
    method: req.method ?? 'GET',
    target,
    head: requestHead(req, target, context.identity.name),
    body: new RequestBody(req, context.limits.body),
    clientGone: goneSignal(res),
  }
  const last = await tryApps(context, exchange)
  switch (last?.result.kind) {
    case 'client-gone':
      return
    case 'answer':
      await deliver(context, last.app, last.result.answer, exchange)
      last.result.leave()
      break
    case 'failed':
      refuse(context, exchange, last.result.failure)
      break
    case undefined:
      refuse(context, exchange, undefined)
  }
  exchange.body.discardRest()
}

interface Tried {
  readonly app: App
  readonly result: AttemptResult
}

/** One app after another, until one answers or the request may not be made again. */
async function tryApps(context: GatewayContext, exchange: Exchange): Promise<Tried | undefined> {
  const { limits, chooser, nowMs } = context
  const tried = new Set<App>()
  const deadlineMs = nowMs() + 2 * limits.answerTimeoutMs
  let last: Tried | undefined
  for (let attempts = 0; attempts < limits.maxAttempts; attempts += 1) {
    const app = chooser.choose(tried)
    const leftMs = deadlineMs - nowMs()
    if (!app || leftMs <= 0) break
    const result = await tryOnce(context, exchange, app, Math.min(limits.answerTimeoutMs, leftMs))
    last = { app, result }
    if (result.kind !== 'failed') break
    learn(context, exchange, app, result.failure)
    if (!mayRepeat(exchange.method, result.failure, exchange.body)) break
    // One stale connection says that its neighbours are, too; the app itself deserves a fresh one.
    if (isStaleConnection(result.failure)) app.dropIdleConnections()
    else tried.add(app)
  }
  return last
}

function tryOnce(
  context: GatewayContext,
  exchange: Exchange,
  app: App,
  answerTimeoutMs: number,
): Promise<AttemptResult> {
  const { req, res, head, target, body, clientGone, method } = exchange
  return attempt({
    proxy: context.proxy,
    req,
    res,
    // A copy: http-proxy writes into what it is given.
    head: { ...head },
    pathAndQuery: target.pathAndQuery,
    body,
    app,
    connectTimeoutMs: context.limits.connectTimeoutMs,
    answerTimeoutMs,
    giveUp: isIdempotent(method) ? app.silenced : undefined,
    clientGone,
  })
}

function learn(context: GatewayContext, exchange: Exchange, app: App, failure: AttemptFailure): void {
  const { kind, connection, error } = failure
  context.log('attempt-failed', {
    app: app.spec.name,
    method: exchange.method,
    kind,
    connection,
    error: error.message,
  })
  const evidence = evidenceOf(failure)
  if (evidence) app.saw(evidence)
}

function isStaleConnection({ kind, connection }: AttemptFailure): boolean {
  return kind === 'connection-lost' && connection === 'reused'
}

async function deliver(
  context: GatewayContext,
  app: App,
  answer: IncomingMessage,
  { res, body }: Exchange,
): Promise<void> {
  const relayed = await relayAnswer(context, answer, res, context.limits.answerTimeoutMs)
  if (relayed.kind === 'sent') app.saw('request-answered')
  // A body found too large only after the answer had begun is cut off by this gateway, not by the app.
  if (relayed.kind !== 'app-broke-off' || body.progress === 'too-large') return
  app.saw('request-failed')
  context.log('answer-broke-off', { app: app.spec.name, error: relayed.error.message })
}

function refuse(context: GatewayContext, exchange: Exchange, failure: AttemptFailure | undefined): void {
  const code = codeOf(failure)
  const detail = failure?.error.message ?? 'no app to try'
  context.log('request-failed', { code, method: exchange.method, error: detail })
  answerError(context, exchange.res, code, detail)
}

/** Aborts when the client's connection closes before its answer is complete. */
function goneSignal(res: ServerResponse): AbortSignal {
  const gone = new AbortController()
  res.once('close', () => {
    if (!res.writableFinished) gone.abort()
  })
  return gone.signal
}

function codeOf(failure: AttemptFailure | undefined): GatewayErrorCode {
  switch (failure?.kind) {
    case undefined:
    case 'unreachable':
      return 'no-app-reachable'
    case 'connection-lost':
    case 'silenced':
      return 'app-connection-lost'
    case 'answer-timeout':
      return 'app-timeout'
    case 'bad-answer':
      return 'bad-app-answer'
    case 'bad-request':
      return 'bad-request'
    case 'body-too-large':
      return 'body-too-large'
  }
}
