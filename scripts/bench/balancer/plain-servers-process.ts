import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/**
 * Three servers in one process, as cheap as can be, so that the processor is the proxy's: requests without a body are
 * counted by their heads' ends and answered with 200 and a hundred bytes. Tells its ports, and is gone with its parent.
 */
const BODY = 'x'.repeat(100)
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Served-By: plain\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`
const HEAD_END = Buffer.from('\r\n\r\n')

const ports: number[] = []
for (let server = 0; server < 3; server += 1) {
  const listening = createServer({ noDelay: true }, socket => {
    socket.on('data', chunk => {
      for (let at = chunk.indexOf(HEAD_END); at >= 0; at = chunk.indexOf(HEAD_END, at + 4))
        socket.write(ANSWER)
    })
    socket.on('error', () => socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  ports.push((listening.address() as AddressInfo).port)
}
process.send?.(ports)
process.on('disconnect', () => process.exit())
