import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GatewayContext } from './gateway-context.ts'
import { answerJson } from './own-answer.ts'

/** Answers /livez and /readyz; `undefined` for any other path. */
export function answerHealth(
  context: GatewayContext,
  req: IncomingMessage,
  res: ServerResponse,
): 'answered' | undefined {
  const path = req.url?.split('?', 1)[0]
  if (path === '/livez') {
    answerJson(context, res, 200, { alive: true })
    return 'answered'
  }
  if (path !== '/readyz') return undefined
  const { phase } = context.lifecycle
  const up = context.apps.filter(app => app.health.kind === 'up').length
  answerJson(context, res, phase === 'serving' ? 200 : 503, {
    ready: phase === 'serving',
    phase,
    apps: { up, of: context.apps.length },
  })
  return 'answered'
}
