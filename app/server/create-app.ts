import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { adminBehaviour } from '../routes/admin-behaviour.ts'
import { defaultAnswer } from '../routes/default-answer.ts'
import { echo } from '../routes/echo.ts'
import { answerJson } from './answer.ts'
import type { AppContext } from './context.ts'
import { http } from './node-http.ts'

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])

/** The app's server, not yet listening. */
export function createApp(context: AppContext): Server {
  const server = http.createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      // Longer than the gateway keeps an idle connection, so that this end is not the one to close it
      // just when a request is under way.
      keepAliveTimeout: 75_000,
      connectionsCheckingInterval: 1_000,
      // A gateway adds its own headers to those that it accepted: room for both.
      maxHeaderSize: 32 * 1024,
      noDelay: true,
    },
    (req, res) => {
      serve(context, req, res).catch((error: unknown) => failed(context, req, res, error))
    },
  )
  server.maxRequestsPerSocket = 0
  return server
}

async function serve(context: AppContext, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const [path = '/', query = ''] = split(req.url ?? '/')
  if (path === '/livez') return answerJson(context, res, 200, { alive: true })
  if (path === '/readyz') {
    const ready = context.phase === 'serving'
    return answerJson(context, res, ready ? 200 : 503, { ready, phase: context.phase })
  }
  if (!methods.has(req.method ?? '')) return answerJson(context, res, 501, { error: 'method not served' })
  if (path === '/admin/behaviour') return adminBehaviour(context, req, res)
  if (path === '/admin' || path.startsWith('/admin/')) {
    return answerJson(context, res, 404, { error: 'not found' })
  }
  if (path === '/echo') return echo(context, req, res)
  return defaultAnswer(context, req, res, { path, query: new URLSearchParams(query) })
}

/** Split by hand: `new URL` would read `//admin` as a host and resolve dots, and so see another path. */
function split(target: string): [string, string] {
  const mark = target.indexOf('?')
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)]
}

function failed(context: AppContext, req: IncomingMessage, res: ServerResponse, error: unknown): void {
  // A client that went away is the client's affair.
  if (req.destroyed && req.errored !== null) return
  context.log('request-failed', { error: String(error) })
  if (res.headersSent) res.destroy()
  else answerJson(context, res, 500, { error: 'internal' })
}
