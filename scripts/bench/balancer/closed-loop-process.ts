import { once } from 'node:events'
import { connect } from 'node:net'

/**
 * So many connections, each with one request under way, for so long; tells how many were answered. The answers are
 * those of the plain servers: one packet, known by its status and its end.
 */
const REQUEST = [
  'GET /some/path?with=query HTTP/1.1',
  'Host: bench.example',
  'User-Agent: bench',
  'Accept: */*',
  'Accept-Encoding: gzip, deflate, br',
  '\r\n',
].join('\r\n')
const BODY_BYTES = 100

export interface Round {
  readonly port: number
  readonly connections: number
  readonly seconds: number
}

process.on('message', (round: Round) => {
  void run(round).then(answered => process.send?.(answered))
})
process.on('disconnect', () => process.exit())

async function run({ port, connections, seconds }: Round): Promise<number> {
  const endMs = performance.now() + seconds * 1_000
  const counts = await Promise.all(Array.from({ length: connections }, () => loop(port, endMs)))
  return counts.reduce((sum, count) => sum + count, 0)
}

async function loop(port: number, endMs: number): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let answered = 0
  let text = ''
  socket.on('data', chunk => {
    text += chunk.toString('latin1')
    const head = text.indexOf('\r\n\r\n')
    if (head < 0 || text.length < head + 4 + BODY_BYTES) return
    if (!text.startsWith('HTTP/1.1 200')) throw new Error(`not the plain servers' answer: ${text}`)
    text = ''
    answered += 1
    if (performance.now() < endMs) socket.write(REQUEST)
    else socket.end()
  })
  socket.write(REQUEST)
  await once(socket, 'close')
  return answered
}
