import { connect } from 'node:net'

const LIMIT_MS = 1_000

/** Asks the balancer that runs beside us. Bare sockets: this starts often, and has to be quick about it. */
export function askReady(port: number): Promise<'ready' | 'not ready'> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(LIMIT_MS, () => socket.destroy())
    socket.on('connect', () =>
      socket.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
    )
    socket.once('data', head => {
      resolve(head.toString('latin1').startsWith('HTTP/1.1 200 ') ? 'ready' : 'not ready')
      socket.destroy()
    })
    // Refused or silent is simply not ready; `close` follows either way.
    socket.on('error', () => resolve('not ready'))
    socket.on('close', () => resolve('not ready'))
  })
}
