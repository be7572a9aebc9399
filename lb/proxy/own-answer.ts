import type { ServerResponse } from 'node:http'

/** The header by which a client knows that the balancer itself answered, and why. */
const ERROR_HEADER = 'x-zonefall-lb-error'

export function answerOwn(response: ServerResponse, status: number, reason: string): void {
  const text = `${JSON.stringify({ error: reason, by: 'zonefall-lb' })}\n`
  response.writeHead(status, {
    [ERROR_HEADER]: reason,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    // What is left of the body would be read as the next request; without one, the connection may go on.
    ...(response.req.complete ? {} : { connection: 'close' }),
  })
  response.end(text)
}

/** To a client whose request could not even be read. */
export function rawOwnAnswer(status: number, phrase: string, reason: string): string {
  return `HTTP/1.1 ${status} ${phrase}\r\n${ERROR_HEADER}: ${reason}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`
}
