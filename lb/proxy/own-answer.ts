import type { Exchange } from './exchange.ts'
import type { RequestId } from './origin/request-id.ts'

/** The header by which a client knows that the balancer itself answered, and why. */
const ERROR_HEADER = 'x-zonefall-lb-error'
/** Of these it may well be served a moment later. */
const RETRY_AFTER_S = '1'

const PHRASES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  414: 'URI Too Long',
  417: 'Expectation Failed',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

export function answerOwn(
  exchange: Exchange,
  status: number,
  reason: string,
  connection: 'kept' | 'closed',
  id: RequestId | undefined,
): void {
  const text = Buffer.from(`${JSON.stringify({ error: reason, by: 'zonefall-lb' })}\n`)
  exchange.start({
    status,
    phrase: phraseOf(status),
    headers: ownHeaders(status, reason, text.length, id),
    body: 'length',
    // What is left of the body would be read as the next request; without one, the connection may go on.
    connection: exchange.isRequestWhole ? connection : 'closed',
  })
  if (exchange.head.method !== 'HEAD') exchange.write(text)
  exchange.end()
}

export function ownHeaders(
  status: number,
  reason: string,
  length: number,
  id: RequestId | undefined,
): string[] {
  return [
    ...[ERROR_HEADER, reason, 'content-type', 'application/json', 'content-length', String(length)],
    ...['cache-control', 'no-store', ...(status === 503 ? ['retry-after', RETRY_AFTER_S] : [])],
    ...(id ? [id.name, id.value] : []),
  ]
}

export function phraseOf(status: number): string {
  return PHRASES[status] ?? ''
}

/** To a client whose request could not even be read. */
export function rawOwnAnswer(status: number, phrase: string, reason: string, id?: RequestId): string {
  const idLine = id ? `${id.name}: ${id.value}\r\n` : ''
  return `HTTP/1.1 ${status} ${phrase}\r\n${ERROR_HEADER}: ${reason}\r\n${idLine}content-length: 0\r\nconnection: close\r\n\r\n`
}
