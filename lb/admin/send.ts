import type { ServerResponse } from 'node:http'

type Headers = Readonly<Record<string, string>>

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Headers = {},
): void {
  send(response, status, `${JSON.stringify(body)}\n`, { 'content-type': 'application/json', ...headers })
}

export function send(response: ServerResponse, status: number, text: string, headers: Headers): void {
  response.writeHead(status, {
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(text)
}
