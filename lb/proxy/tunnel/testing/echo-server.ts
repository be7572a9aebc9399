import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11' // RFC 6455, 1.3
const TEXT = 0x81
const CLOSE = 0x88

export interface EchoServer extends AsyncDisposable {
  readonly address: string
  readonly upgrades: IncomingMessage[]
  readonly tunnels: Set<Socket>
}

/** A WebSocket server that says every short text back; its checks pass. */
export async function startEchoServer(): Promise<EchoServer> {
  const upgrades: IncomingMessage[] = []
  const tunnels = new Set<Socket>()
  const http = createServer((_, response) => response.end('ready'))
  http.on('upgrade', (request, socket: Socket) => {
    upgrades.push(request)
    tunnels.add(socket)
    socket.on('close', () => tunnels.delete(socket))
    socket.on('error', () => socket.destroy())
    const key = request.headers['sec-websocket-key'] ?? ''
    const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.on('data', frame => {
      socket.write(answerTo(frame))
      if (frame[0] === CLOSE) socket.end() // the server's part, RFC 6455, 7.1.1
    })
    socket.on('end', () => socket.end())
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    address: `127.0.0.1:${(http.address() as AddressInfo).port}`,
    upgrades,
    tunnels,
    [Symbol.asyncDispose]: async () => {
      const closed = once(http, 'close')
      http.close()
      http.closeAllConnections()
      for (const socket of tunnels) socket.destroy()
      await closed
    },
  }
}

/** A client's frame is masked, a server's is not. Texts below 126 bytes only, one frame a read. */
function answerTo(frame: Buffer): Buffer {
  const length = (frame[1] ?? 0) & 0x7f
  const mask = frame.subarray(2, 6)
  const payload = frame.subarray(6, 6 + length).map((byte, at) => byte ^ (mask[at % 4] ?? 0))
  const kind = frame[0] === CLOSE ? CLOSE : TEXT
  return Buffer.concat([Buffer.from([kind, length]), payload])
}
