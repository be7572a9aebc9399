import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { identityHeaders } from './identity.ts'
import { type Answerer, errorDocument, type GatewayErrorCode, gatewayErrors } from './own-answer.ts'

const codes: Readonly<Record<string, GatewayErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'head-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
}

/**
 * Answers what node's parser refused, and closes. By hand, since there is no response object: the request
 * never came to be. While other answers of the connection are on their way, closing is all that is safe.
 *
 * @param open the connection's answers that are not complete
 */
export function answerClientError(
  from: Answerer,
  error: NodeJS.ErrnoException,
  socket: Duplex,
  open: ReadonlySet<ServerResponse>,
): void {
  const inTheWay = open.size > 1 || [...open].some(res => res.headersSent)
  if (error.code === 'ECONNRESET' || !socket.writable || inTheWay) {
    socket.destroy()
    return
  }
  const code = codes[error.code ?? ''] ?? 'bad-request'
  writeRaw(from, socket, code, error.message)
}

/** The whole answer by hand, the last one of the connection. */
export function writeRaw(from: Answerer, socket: Duplex, code: GatewayErrorCode, detail: string): void {
  from.onOwnError(code)
  const body = `${JSON.stringify(errorDocument(from, code, detail))}\n`
  const headers = [
    ...identityHeaders(from.identity),
    ['x-zonefall-gateway-error', code],
    ['content-type', 'application/json'],
    ['content-length', String(Buffer.byteLength(body))],
    ['connection', 'close'],
  ].map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${gatewayErrors[code]} ${code}\r\n${headers.join('')}\r\n${body}`, () =>
    socket.destroy(),
  )
}
