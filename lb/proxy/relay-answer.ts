import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientHeaders } from './headers.ts'

export type RelayEnd = 'whole' | 'cut' | 'client-gone'

/**
 * A server's answer, on to the client as fast as the client takes it. If it is cut, so is the client's connection:
 * it must never look whole. Resolves when either side is done.
 */
export function relayAnswer(
  answer: IncomingMessage,
  response: ServerResponse,
  lastOne: boolean,
): Promise<RelayEnd> {
  return new Promise(resolve => {
    const status = answer.statusCode ?? 502
    const headers = clientHeaders(answer.rawHeaders, status)
    if (lastOne) headers.push('Connection', 'close')
    response.writeHead(status, answer.statusMessage ?? '', headers)
    response.on('close', () => resolve(response.writableFinished ? 'whole' : 'client-gone'))
    // Without an error too: a stream that closes early may say nothing more.
    answer.on('error', () => cut())
    answer.on('close', () => {
      if (!answer.complete) cut()
    })
    answer.pipe(response)

    function cut(): void {
      resolve('cut')
      // Where the connection's end is the answer's end, only a reset tells them apart.
      if (response.req.httpVersion === '1.0') response.req.socket.resetAndDestroy()
      else response.req.socket.destroy()
    }
  })
}
