import type { IncomingMessage } from 'node:http'

export type BodyRead = { readonly kind: 'whole'; readonly bytes: Buffer } | { readonly kind: 'too-large' }

/** Reads a body of at most `maxBytes`. Rejects when the client goes away in the middle of it. */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<BodyRead> {
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) return { kind: 'too-large' }
  const chunks: Buffer[] = []
  let length = 0
  // Not `for await`: leaving that loop early destroys the request and with it the way back for the answer.
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      length += chunk.length
      if (length > maxBytes) {
        req.off('data', onData)
        resolve({ kind: 'too-large' })
      } else chunks.push(chunk)
    }
    req.on('data', onData)
    req.once('end', () => resolve({ kind: 'whole', bytes: Buffer.concat(chunks) }))
    req.once('error', reject)
  })
}
