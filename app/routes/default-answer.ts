import type { IncomingMessage, ServerResponse } from 'node:http'
import { maxAnswerBytes } from '../behaviour/behaviour.ts'
import { readWishes } from '../behaviour/request-wishes.ts'
import { answerJson, answerText } from '../server/answer.ts'
import type { AppContext } from '../server/context.ts'
import { pauseWhileConnected } from '../server/pause.ts'
import { readBody } from '../server/read-body.ts'

/** Says who served what; late, failing or long if the behaviour or the query asks for it. */
export async function defaultAnswer(
  context: AppContext,
  req: IncomingMessage,
  res: ServerResponse,
  url: { readonly path: string; readonly query: URLSearchParams },
): Promise<void> {
  const wishes = readWishes(url.query)
  if ('wrong' in wishes) return answerJson(context, res, 400, { error: wishes.wrong })
  const body = await readBody(req, maxAnswerBytes)
  if (body.kind === 'too-large') return answerJson(context, res, 413, { error: 'body too large' })

  const waited = await pauseWhileConnected(res, context.behaviour.latency_ms + wishes.ok.latencyMs)
  if (waited === 'client-gone') return

  context.served += 1
  if (context.random() < context.behaviour.error_rate) {
    res.setHeader('x-zonefall-app-error', 'injected')
    return answerJson(context, res, 500, { error: 'injected', app: context.identity.name })
  }
  const { name, zone, container } = context.identity
  const document = {
    app: name,
    zone,
    container,
    method: req.method,
    path: url.path,
    body_bytes: body.bytes.length,
    served: context.served,
  }
  answerText(context, res, wishes.ok.status, padded(document, wishes.ok.sizeBytes))
}

/** The document as a line of exactly `sizeBytes` bytes, or its own length where that is more. */
function padded(document: Readonly<Record<string, unknown>>, sizeBytes: number): string {
  const bare = `${JSON.stringify(document)}\n`
  const withEmpty = `${JSON.stringify({ ...document, padding: '' })}\n`
  const missing = sizeBytes - Buffer.byteLength(withEmpty)
  return missing < 0 ? bare : `${JSON.stringify({ ...document, padding: '.'.repeat(missing) })}\n`
}
