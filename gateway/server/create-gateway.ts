import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { forward } from '../proxy/forward.ts'
import { guard } from '../proxy/request-guard.ts'
import { answerClientError, writeRaw } from './client-error.ts'
import { admit, needsAdmission, type Refusal, routeOf } from './filters.ts'
import { finish } from './finish.ts'
import type { GatewayContext } from './gateway-context.ts'
import { answerHealth } from './health-routes.ts'
import { http } from './node-http.ts'
import { answerError } from './own-answer.ts'
import { RequestScope } from './request-scope.ts'

/** The gateway's server, not yet listening. */
export function createGateway(context: GatewayContext): Server {
  const open = new WeakMap<Duplex, Set<ServerResponse>>()
  const server = http.createServer({
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    // Longer than the balancer keeps an idle connection (30 s): the one to close it is the one that would
    // otherwise send a request into the closing.
    keepAliveTimeout: 75_000,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: 16 * 1024,
    noDelay: true,
    // The guard looks at it, so that the refusal says whose it is.
    requireHostHeader: false,
  })
  server.maxRequestsPerSocket = 0

  const onRequest = (req: IncomingMessage, res: ServerResponse) => {
    track(open, req.socket, res)
    handle(context, req, res)
  }
  server.on('request', onRequest)
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) => {
    track(open, req.socket, res)
    answerError(context, res, 'expectation-unknown', 'only 100-continue is served')
  })
  server.on('connect', (_req: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy())
    writeRaw(context, socket, 'method-not-served', 'CONNECT is not served')
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    answerClientError(context, error, socket, open.get(socket) ?? new Set())
  })
  return server
}

function handle(context: GatewayContext, req: IncomingMessage, res: ServerResponse): void {
  // First, and never turned away: a gateway that is busy must not be taken for one that is gone.
  if (answerHealth(context, req, res)) return
  const shed = context.shedder.enter()
  if (shed) {
    context.metrics.sawShed(shed)
    answerError(context, res, 'overloaded', 'this gateway has more to do than it can')
    return
  }
  const scope = new RequestScope(context, req)
  res.once('close', () => {
    context.shedder.leave()
    finish(context, scope, req, res)
  })
  serve(context, scope, req, res).catch((error: unknown) => {
    scope.log('unexpected', { error: String(error) })
    if (res.headersSent) res.destroy()
    else answerError(scope, res, 'bad-app-answer', 'the answer could not be sent on')
  })
}

async function serve(
  context: GatewayContext,
  scope: RequestScope,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const refuse = ({ refuse: code, detail, headers }: Refusal) =>
    answerError(scope, res, code, detail, headers ?? [])
  const guarded = guard(req)
  if ('refuse' in guarded) return refuse(guarded)
  const found = routeOf(context, scope, req, guarded.pass.path)
  if ('refuse' in found) return refuse(found)
  const { route } = found
  scope.route = route
  if (needsAdmission(route)) {
    const refusal = await admit(context, scope, req, route)
    if (refusal) return refuse(refusal)
    if (res.destroyed) return
  }
  // The body is wanted: say so to a client that waits for the word.
  if (req.headers.expect !== undefined) res.writeContinue()
  await forward(context, scope, route, { req, res, target: guarded.pass })
}

function track(open: WeakMap<Duplex, Set<ServerResponse>>, socket: Duplex, res: ServerResponse): void {
  const answers = open.get(socket) ?? new Set()
  open.set(socket, answers.add(res))
  res.once('close', () => answers.delete(res))
}
