import type { IncomingMessage, ServerResponse } from 'node:http'
import { behaviourChange, changed } from '../behaviour/behaviour.ts'
import { answerJson } from '../server/answer.ts'
import type { AppContext } from '../server/context.ts'
import { readBody } from '../server/read-body.ts'

const maxChangeBytes = 4096

/**
 * `GET` tells the set behaviour, `PUT` changes it, for every request from then on.
 *
 * It is for the internal network. The gateway does not route here; should a rewrite in some proxy ever
 * bring a client's request this far, the `Via` that every proxy must add gives it away.
 */
export async function adminBehaviour(
  context: AppContext,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (req.headers.via !== undefined) return answerJson(context, res, 404, { error: 'not found' })
  if (req.method === 'GET') return answerJson(context, res, 200, { ...context.behaviour })
  if (req.method !== 'PUT') {
    res.setHeader('allow', 'GET, PUT')
    return answerJson(context, res, 405, { error: 'GET tells the behaviour, PUT changes it' })
  }
  const body = await readBody(req, maxChangeBytes)
  if (body.kind === 'too-large') return answerJson(context, res, 413, { error: 'body too large' })
  const change = behaviourChange.safeParse(parseJson(body.bytes.toString('utf8')))
  if (!change.success) {
    const faults = change.error.issues.map(issue => `${issue.path.join('.') || 'body'}: ${issue.message}`)
    return answerJson(context, res, 400, { error: faults.join('; ') })
  }
  context.behaviour = changed(context.behaviour, change.data)
  context.log('behaviour', { ...context.behaviour })
  answerJson(context, res, 200, { ...context.behaviour })
}

/** `undefined` for what is no JSON: the schema then refuses it with its own words. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
