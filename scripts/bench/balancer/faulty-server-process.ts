import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * A server that takes 2 ms, and misbehaves as it is told: `{ delayMs }`, `{ status }`. Tells its port, then each POST
 * that it gets. On SIGTERM it fails its check, serves for a second more, and is gone.
 */
export interface Conduct {
  readonly delayMs: number
  readonly status: number
}

const PORT = Number(process.argv[2] ?? 0)
let conduct: Conduct = { delayMs: 2, status: 200 }
let phase: 'serving' | 'stopping' = 'serving'

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.url === '/readyz') {
    response.writeHead(phase === 'serving' ? 200 : 503).end()
    return
  }
  if (request.method === 'POST') process.send?.(request.url)
  request.resume()
  const { delayMs, status } = conduct
  if (phase === 'stopping') response.setHeader('connection', 'close')
  void delay(delayMs).then(() => response.writeHead(status, { 'content-length': 2 }).end('ok'))
})
server.listen(PORT, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('message', (told: Conduct) => {
  conduct = told
})
process.on('SIGTERM', () => {
  phase = 'stopping'
  void delay(1_000).then(() => server.close(() => process.exit()))
  void delay(1_500).then(() => server.closeIdleConnections())
})
process.on('disconnect', () => process.exit())
