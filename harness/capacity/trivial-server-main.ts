import { type AddressInfo, createServer, type Socket } from 'node:net'

/**
 * A server that costs as little as one can, in a process of its own: what the load generator reaches against it is
 * the generator's own limit. Tells its port to whoever started it, and ends with them.
 */
const ANSWER = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
const END_OF_HEAD = '\r\n\r\n'

const server = createServer({ noDelay: true }, serve)
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port)
})
process.on('SIGINT', () => undefined) // a Ctrl-C in the terminal reaches the whole group; ending us is the harness's business
process.on('disconnect', () => process.exit())

function serve(socket: Socket): void {
  let rest = ''
  socket.on('error', () => socket.destroy())
  socket.on('data', chunk => {
    rest += chunk.toString('latin1')
    for (let at = rest.indexOf(END_OF_HEAD); at >= 0; at = rest.indexOf(END_OF_HEAD)) {
      rest = rest.slice(at + END_OF_HEAD.length)
      socket.write(ANSWER)
    }
  })
}
