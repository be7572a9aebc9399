import { createSocket } from 'node:dgram'
import { once } from 'node:events'

export interface NameServer extends AsyncDisposable {
  readonly address: string
  readonly queries: string[]
  /** `null`: no such name. `undefined`: no answer at all. */
  answer: string | null | undefined
}

const NXDOMAIN = 3

/** A real name server for one name, on UDP: it says what Docker's says while containers die and return. */
export async function startNameServer(answer: string | null | undefined): Promise<NameServer> {
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const end = query.indexOf(0, 12) + 5 // the name's last byte, type and class
    server.queries.push(query.subarray(13, end - 5).toString('latin1'))
    if (server.answer === undefined) return
    const head = Buffer.from(query.subarray(0, end))
    head.writeUInt16BE(server.answer === null ? 0x8180 + NXDOMAIN : 0x8180, 2)
    head.writeUInt16BE(server.answer === null ? 0 : 1, 6)
    head.writeUInt32BE(0, 8)
    const ttl = [0, 0, 2, 88] // 600 s, as Docker's: whoever keeps answers for as long misses every restart
    const record =
      server.answer === null
        ? []
        : [0xc0, 12, 0, 1, 0, 1, ...ttl, 0, 4, ...server.answer.split('.').map(Number)]
    socket.send(Buffer.concat([head, Buffer.from(record)]), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const server: NameServer = {
    address: `127.0.0.1:${socket.address().port}`,
    queries: [],
    answer,
    [Symbol.asyncDispose]: async () => {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
  return server
}
