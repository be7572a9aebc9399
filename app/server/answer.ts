import type { ServerResponse } from 'node:http'
import type { AppContext } from './context.ts'

/** Sends a JSON document. While draining, each answer also closes its connection. */
export function answerJson(
  context: AppContext,
  res: ServerResponse,
  status: number,
  document: Readonly<Record<string, unknown>>,
): void {
  answerText(context, res, status, `${JSON.stringify(document)}\n`)
}

export function answerText(context: AppContext, res: ServerResponse, status: number, text: string): void {
  if (res.headersSent || res.destroyed) return
  const body = Buffer.from(text)
  markAnswer(context, res)
  res.statusCode = status
  res.setHeader('content-type', 'application/json')
  // 204 and 304 have no content; a length for 304 would describe the answer that was not sent.
  if (status === 204 || status === 304) {
    res.removeHeader('content-type')
    res.end()
    return
  }
  res.setHeader('content-length', body.length)
  res.end(body)
}

/** Says who answers. */
export function markAnswer(context: AppContext, res: ServerResponse): void {
  const { name, zone, container } = context.identity
  res.setHeader('x-zonefall-app', name)
  res.setHeader('x-zonefall-app-zone', zone)
  res.setHeader('x-zonefall-path', container)
  if (context.phase === 'draining') res.setHeader('connection', 'close')
}
