import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { maxAnswerBytes } from '../behaviour/behaviour.ts'
import { answerJson, markAnswer } from '../server/answer.ts'
import type { AppContext } from '../server/context.ts'

/**
 * Sends back what arrived: `{"app","method","url","headers","body_base64","body_bytes"}`.
 *
 * The body is streamed, so that a proxy's streaming can be tried on it; base64, because a body need not
 * be text. A body that grows past the bound after the answer began cuts the connection: there is no
 * other way left to say no.
 */
export async function echo(context: AppContext, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (Number(req.headers['content-length'] ?? 0) > maxAnswerBytes) {
    return answerJson(context, res, 413, { error: 'body too large' })
  }
  context.served += 1
  markAnswer(context, res)
  res.writeHead(200, { 'content-type': 'application/json' })
  if (req.method === 'HEAD') {
    res.end()
    return
  }
  const head = { app: context.identity.name, method: req.method, url: req.url, headers: req.headers }
  await pipeline(req, body => echoed(head, body as AsyncIterable<Buffer>), res)
}

async function* echoed(head: Readonly<Record<string, unknown>>, body: AsyncIterable<Buffer>) {
  yield `${JSON.stringify(head).slice(0, -1)},"body_base64":"`
  let length = 0
  let rest = Buffer.alloc(0)
  for await (const chunk of body) {
    length += chunk.length
    if (length > maxAnswerBytes) throw new Error(`echo: body over ${maxAnswerBytes} bytes`)
    // Three bytes make four characters; what does not fill a group waits for the next chunk.
    const bytes = Buffer.concat([rest, chunk])
    const whole = bytes.length - (bytes.length % 3)
    rest = bytes.subarray(whole)
    if (whole > 0) yield bytes.toString('base64', 0, whole)
  }
  yield `${rest.toString('base64')}","body_bytes":${length}}\n`
}
