import { createServer, type RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import type { Instant, OutageWay } from './outage.ts'
import type { FromOutageServer, ToOutageServer } from './outage-server.ts'

/**
 * The server whose outages are known: a process of its own, answering at once, until it is told to be down for
 * a time in one of the ways. It tells when it truly was.
 *
 *     up ──(outage)──> down ──(its length)──> up
 */
const HOST = '127.0.0.1'
/** Below the ports that the kernel gives to clients: one of those could take it while it is closed. */
const LOWEST_PORT = 15_000
const PORTS = 15_000

let down: OutageWay | undefined
const sockets = new Set<Socket>()
/** By a silence, which is what their requests met, whatever outage comes while they wait. */
const leftHanging = new WeakSet<Socket>()

const answer: RequestListener = (request, response) => {
  switch (down) {
    case undefined:
      response.setHeader('x-zonefall-path', 'calibration').end('ok')
      return
    case '503':
      response.writeHead(503).end()
      return
    case 'reset':
      request.socket.resetAndDestroy()
      return
    case 'refuse': // it was read in the turn of the loop in which the server closed
      return
    case 'silence':
      leftHanging.add(request.socket)
  }
}
const server = createServer(answer)
server.keepAliveTimeout = 0 // closing an idle connection is a failure that no outage made
server.on('connection', socket => {
  if (down === 'reset') socket.resetAndDestroy()
  sockets.add(socket)
  socket.on('error', () => undefined) // a client that gave up
  socket.on('close', () => sockets.delete(socket))
})

/** The first free port, from a random one on. Resolves with it. */
function listen(port: number, leftToTry: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      server.removeAllListeners('listening')
      if (leftToTry === 0) reject(error)
      else resolve(listen(LOWEST_PORT + ((port + 1) % PORTS), leftToTry - 1))
    })
    server.listen({ port, host: HOST }, () => {
      server.removeAllListeners('error')
      resolve(port)
    })
  })
}

async function change(act: () => Promise<unknown> | undefined): Promise<Instant> {
  const fromNs = process.hrtime.bigint()
  const pending = act()
  if (pending) await pending // without one, no turn of the loop lies between the two stamps
  return { fromNs, toNs: process.hrtime.bigint() }
}

const begin: Record<OutageWay, () => undefined> = {
  refuse: () => {
    server.close()
    for (const socket of sockets) if (!leftHanging.has(socket)) socket.destroy()
  },
  reset: () => undefined,
  '503': () => undefined,
  silence: () => undefined,
}

function send(message: FromOutageServer): void {
  if (process.connected) process.send?.(message)
}

process.on('SIGINT', () => undefined) // stopping this process is the harness's business
process.on('disconnect', () => process.exit())
const port = await listen(LOWEST_PORT + Math.floor(Math.random() * PORTS), 100)
process.on('message', async ({ way, lengthMs }: ToOutageServer) => {
  const began = await change(() => {
    down = way
    return begin[way]()
  })
  setTimeout(async () => {
    const ended = await change(() => {
      down = undefined
      return way === 'refuse' ? listen(port, 0) : undefined
    })
    send({ type: 'over', outage: { way, lengthMs, began, ended } })
  }, lengthMs)
})
send({ type: 'listening', port })
