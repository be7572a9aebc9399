import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { DEADLINE_HEADER, Deadline } from '../limits/deadline.ts'
import type { App } from '../routing/app.ts'
import type { RequestTarget } from '../routing/request-target.ts'
import type { Route } from '../routing/route-table.ts'
import type { Upstream } from '../routing/upstream.ts'
import { bodyLimits, type GatewayContext } from '../server/gateway-context.ts'
import { answerError, type GatewayErrorCode } from '../server/own-answer.ts'
import type { RequestScope } from '../server/request-scope.ts'
import { type AttemptResult, attempt } from './attempt.ts'
import type { AttemptFailure } from './failure.ts'
import { relayAnswer } from './relay-answer.ts'
import { evidenceOf, isIdempotent, mayRepeat } from './repeat-policy.ts'
import { RequestBody } from './request-body.ts'
import { requestHead } from './request-head.ts'

/** One client's request on its way through. */
interface Exchange {
  readonly scope: RequestScope
  readonly upstream: Upstream
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly method: string
  readonly target: RequestTarget
  readonly head: IncomingHttpHeaders
  readonly body: RequestBody
  readonly deadline: Deadline
  readonly clientGone: AbortSignal
}

/** Sends a request to an app of the route's upstream, to others if need be, and the answer back. */
export async function forward(
  context: GatewayContext,
  scope: RequestScope,
  route: Route,
  { req, res, target }: Pick<Exchange, 'req' | 'res' | 'target'>,
): Promise<void> {
  const { upstream } = route
  const exchange: Exchange = {
    scope,
    upstream,
    req,
    res,
    method: req.method ?? 'GET',
    target,
    head: requestHead(req, target, context, scope),
    body: new RequestBody(req, bodyLimits(context.limits, route.maxBodyBytes)),
    deadline: new Deadline(scope.startedMs, upstream.deadlineMs, scope.askedDeadline),
    clientGone: goneSignal(res),
  }
  if (exchange.body.progress === 'complete') exchange.deadline.bodyComplete(scope.startedMs)
  const entered = await upstream.bulkhead.enter(
    () => passThrough(context, exchange),
    () => queuePatience(context, exchange),
  )
  if (entered.kind === 'full') {
    turnAway(exchange, 'upstream-full', `${upstream.name} has as many requests as it may have`)
  } else if (entered.kind === 'given-up' && !exchange.clientGone.aborted) {
    turnAway(exchange, 'deadline-passed', `no place at ${upstream.name} in time`)
  }
  exchange.body.discardRest()
}

async function passThrough(context: GatewayContext, exchange: Exchange): Promise<void> {
  const last = await tryApps(context, exchange)
  switch (last.kind) {
    case 'client-gone':
      return
    case 'answer':
      await deliver(context, last.app, last.answer, exchange)
      last.leave()
      return
    case 'failed':
      turnAway(exchange, codeOf(last.failure), last.failure.error.message)
      return
    case 'all-open':
      turnAway(exchange, 'circuit-open', `no app of ${exchange.upstream.name} is let near requests for now`, [
        ['retry-after', String(Math.max(1, Math.ceil(last.restLeftMs / 1_000)))],
      ])
      return
    case 'no-time':
      turnAway(exchange, 'deadline-passed', 'there was no time left to ask an app')
      return
    case 'no-app':
      turnAway(exchange, 'no-app-reachable', 'no app to try')
  }
}

/** How it ended with the last app, or why there was none. */
type Last =
  | (AttemptResult & { readonly app: App })
  | { readonly kind: 'all-open'; readonly restLeftMs: number }
  | { readonly kind: 'no-time' }
  | { readonly kind: 'no-app' }

/** One app after another, until one answers or the request may not be made again. */
async function tryApps(context: GatewayContext, exchange: Exchange): Promise<Last> {
  const { limits, nowMs } = context
  const { upstream, deadline } = exchange
  const tried = new Set<App>()
  let last: Last | undefined
  for (let attempts = 0; attempts < limits.maxAttempts; attempts += 1) {
    if (deadline.hasPassed(nowMs())) return last ?? { kind: 'no-time' }
    const chosen = upstream.choose(tried)
    if (chosen.kind === 'all-open') return last ?? chosen
    if (chosen.kind === 'all-tried') break
    const { app } = chosen
    const result = await tryOnce(context, exchange, app)
    last = { app, ...result }
    if (result.kind !== 'failed') break
    learn(exchange, app, result.failure)
    if (!mayRepeat(exchange.method, result.failure, exchange.body)) break
    // One stale connection says that its neighbours are, too; the app itself deserves a fresh one.
    if (isStaleConnection(result.failure)) app.dropIdleConnections()
    else tried.add(app)
  }
  return last ?? { kind: 'no-app' }
}

async function tryOnce(context: GatewayContext, exchange: Exchange, app: App): Promise<AttemptResult> {
  const { req, res, head, target, body, clientGone, method, deadline, upstream } = exchange
  const { limits, nowMs } = context
  const startedMs = nowMs()
  const result = await upstream.through(app, () =>
    attempt({
      proxy: context.proxy,
      req,
      res,
      // A copy: http-proxy writes into what it is given.
      head: { ...head, [DEADLINE_HEADER]: String(Math.ceil(deadline.leftMs(startedMs))) },
      pathAndQuery: target.pathAndQuery,
      body,
      app,
      connectTimeoutMs: limits.connectTimeoutMs,
      answerTimeoutMs: limits.answerTimeoutMs,
      deadline,
      nowMs,
      giveUp: isIdempotent(method) ? app.silenced : undefined,
      clientGone,
    }),
  )
  context.metrics.sawAttempt({
    upstream: upstream.name,
    app: app.spec.name,
    outcome: outcomeOf(result),
    seconds: (nowMs() - startedMs) / 1_000,
  })
  return result
}

function outcomeOf(result: AttemptResult): string {
  switch (result.kind) {
    case 'answer':
      return `${Math.trunc((result.answer.statusCode ?? 0) / 100)}xx`
    case 'failed':
      return result.failure.kind
    case 'client-gone':
      return 'client-gone'
  }
}

function learn(exchange: Exchange, app: App, failure: AttemptFailure): void {
  const { kind, connection, error } = failure
  exchange.scope.log('attempt-failed', {
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
  { scope, res, body }: Exchange,
): Promise<void> {
  const relayed = await relayAnswer(scope, answer, res, context.limits.answerTimeoutMs)
  if (relayed.kind === 'sent') app.saw('request-answered')
  // A body found too large only after the answer had begun is cut off by this gateway, not by the app.
  if (relayed.kind !== 'app-broke-off' || body.progress === 'too-large') return
  app.saw('request-failed')
  scope.log('answer-broke-off', { app: app.spec.name, error: relayed.error.message })
}

function turnAway(
  { scope, res, method }: Exchange,
  code: GatewayErrorCode,
  detail: string,
  headers: readonly [string, string][] = [],
): void {
  scope.log('request-failed', { code, method, error: detail })
  answerError(scope, res, code, detail, headers)
}

/** Whoever waits for a place waits no longer than its deadline, nor for a client that has left. */
function queuePatience({ nowMs }: GatewayContext, { deadline, clientGone }: Exchange): AbortSignal {
  const leftMs = Math.max(0, Math.ceil(deadline.leftMs(nowMs())))
  return AbortSignal.any([clientGone, AbortSignal.timeout(leftMs)])
}

/** Aborts when the client's connection closes before its answer is complete. */
function goneSignal(res: ServerResponse): AbortSignal {
  const gone = new AbortController()
  res.once('close', () => {
    if (!res.writableFinished) gone.abort()
  })
  return gone.signal
}

function codeOf(failure: AttemptFailure): GatewayErrorCode {
  switch (failure.kind) {
    case 'unreachable':
      return 'no-app-reachable'
    case 'connection-lost':
    case 'silenced':
      return 'app-connection-lost'
    case 'answer-timeout':
      return 'app-timeout'
    case 'deadline-passed':
      return 'deadline-passed'
    case 'bad-answer':
      return 'bad-app-answer'
    case 'bad-request':
      return 'bad-request'
    case 'body-too-large':
      return 'body-too-large'
  }
}
