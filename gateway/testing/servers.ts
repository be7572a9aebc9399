import http, { type RequestListener, type Server } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import httpProxy from 'http-proxy'
import { onTestFinished } from 'vitest'

export async function listen(server: net.Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A port of 127.0.0.1 on which nobody listens: just used, and closed. */
export async function closedPort(): Promise<number> {
  const server = net.createServer()
  const port = await listen(server)
  await new Promise(resolve => server.close(resolve))
  return port
}

/** An HTTP server for the test's duration, which also counts its connections. */
export async function startHttp(listener: RequestListener) {
  const server: Server = http.createServer(listener)
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { server, port: await listen(server), connections: () => connections }
}

/** A server that speaks bytes; `received` is all that it ever got, connection by connection. */
export async function startRaw(onData: (socket: net.Socket, soFar: string, connection: number) => void) {
  const sockets: net.Socket[] = []
  const received: string[] = []
  const server = net.createServer({ allowHalfOpen: false }, socket => {
    const index = sockets.push(socket) - 1
    received[index] = ''
    socket.setEncoding('latin1')
    socket.on('error', () => socket.destroy())
    socket.on('data', (text: string) => {
      received[index] += text
      onData(socket, received[index] ?? '', index)
    })
  })
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { server, port: await listen(server), sockets, received }
}

/** http-proxy as it comes, for showing what it does when nobody mends it. */
export async function startBareProxy(appPort: number, options: httpProxy.ServerOptions = {}) {
  const proxy = httpProxy.createProxyServer({ target: `http://127.0.0.1:${appPort}`, ...options })
  const errors: string[] = []
  const bare = await startHttp((req, res) =>
    proxy.web(req, res, {}, error => {
      errors.push(String(error))
    }),
  )
  return { ...bare, errors }
}
