// A server in a container for the failover figures: `node server.mjs NAME`. It takes 2 ms, says who it is, and prints
// each POST that it gets. SIGHUP: slow by 300 ms. SIGUSR2: it answers 503, its checks still pass. SIGTERM: it fails
// its check, serves for a second more, and is gone.

import { writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

const name = process.argv[2] ?? ''
let conduct = { delayMs: 2, status: 200 }
let phase = 'serving'

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.url === '/readyz') {
    response.writeHead(phase === 'serving' ? 200 : 503).end()
    return
  }
  if (request.method === 'POST') writeSync(1, `${request.url}\n`)
  request.resume()
  const { delayMs, status } = conduct
  if (phase === 'stopping') response.setHeader('connection', 'close')
  void delay(delayMs).then(() =>
    response.writeHead(status, { 'content-length': 2, 'x-served-by': name }).end('ok'),
  )
})
server.listen(8_080, '0.0.0.0')
process.on('SIGHUP', () => {
  conduct = { delayMs: 302, status: 200 }
})
process.on('SIGUSR2', () => {
  conduct = { delayMs: 2, status: 503 }
})
process.on('SIGTERM', () => {
  phase = 'stopping'
  void delay(1_000).then(() => server.close(() => process.exit()))
  void delay(1_500).then(() => server.closeIdleConnections())
})
