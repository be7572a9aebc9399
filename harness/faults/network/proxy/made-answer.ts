import { STATUS_CODES } from 'node:http'
import type { RequestHead } from './head.ts'

/** An answer with that status and a line of text, as a server gives one that goes on serving. */
export function madeAnswer(status: number, { method, isLast, awaitsWord }: RequestHead): Buffer {
  const reason = STATUS_CODES[status] ?? 'Unknown'
  const text = `${status} ${reason}\n`
  const lines = [
    `HTTP/1.1 ${status} ${reason}`,
    `Date: ${new Date().toUTCString()}`,
    'Content-Type: text/plain',
    `Content-Length: ${Buffer.byteLength(text)}`,
    // One whose body was not waited for cannot be followed by another: nobody knows where that would begin.
    `Connection: ${isLast || awaitsWord ? 'close' : 'keep-alive'}`,
    'X-Zonefall-Fault: http-status',
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${method === 'HEAD' ? '' : text}`)
}
