import type { IncomingMessage, ServerResponse } from 'node:http'
import { metricsLabelOf } from '../auth/consumer.ts'
import type { GatewayContext } from './gateway-context.ts'
import type { RequestScope } from './request-scope.ts'

/** When an answer is over, in whatever way: what is counted, and what is logged. */
export function finish(
  context: GatewayContext,
  scope: RequestScope,
  req: IncomingMessage,
  res: ServerResponse,
): void {
  const { route } = scope
  const status = res.headersSent ? res.statusCode : undefined
  const durationMs = context.nowMs() - scope.startedMs
  context.metrics.sawRequest({
    route: route?.name ?? 'none',
    consumer: metricsLabelOf(scope.consumer),
    status,
    seconds: durationMs / 1_000,
  })
  if (route?.log === 'all') {
    scope.log('access', { ...line(req, res, durationMs), headers: req.headers })
  } else if (status !== undefined && status >= 500 && !scope.ownError) {
    scope.log('app-error', line(req, res, durationMs))
  }
}

/** Without the query: people put into it what no log may hold. */
function line(req: IncomingMessage, res: ServerResponse, durationMs: number) {
  return {
    method: req.method,
    path: req.url?.split('?', 1)[0],
    status: res.headersSent ? res.statusCode : undefined,
    ended: res.writableFinished ? 'whole' : 'cut-off',
    duration_ms: Math.round(durationMs * 10) / 10,
  }
}
