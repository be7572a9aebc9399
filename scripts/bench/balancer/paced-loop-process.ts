import { connect } from 'node:net'

/**
 * So many requests a second, each when it is due whatever became of those before, on so many kept connections; tells
 * the 99th percentile of the latencies, counted from when they were due. The answers are those of the plain servers.
 */
const REQUEST = 'GET /some/path?with=query HTTP/1.1\r\nHost: bench.example\r\nAccept: */*\r\n\r\n'
const BODY_BYTES = 100

export interface Pace {
  readonly port: number
  readonly connections: number
  readonly ratePerSecond: number
  readonly seconds: number
}

export interface Paced {
  readonly answered: number
  readonly p99Ms: number
}

process.on('message', (pace: Pace) => {
  void run(pace).then(paced => process.send?.(paced))
})
process.on('disconnect', () => process.exit())

function run({ port, connections, ratePerSecond, seconds }: Pace): Promise<Paced> {
  const count = Math.floor(ratePerSecond * seconds)
  const latencies: number[] = []
  const startMs = performance.now()
  const dueMs = (index: number) => startMs + (index * 1_000) / ratePerSecond
  let next = 0
  const { promise, resolve } = Promise.withResolvers<Paced>()
  const idle = Array.from({ length: connections }, () => connection())
  const ticks = setInterval(sendDue, 1)
  return promise

  function sendDue(): void {
    while (next < count && dueMs(next) <= performance.now()) {
      const free = idle.pop()
      if (!free) return
      free(dueMs(next))
      next += 1
    }
  }

  function connection(): (askedMs: number) => void {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let askedMs = 0
    let text = ''
    const send = (ms: number) => {
      askedMs = ms
      socket.write(REQUEST)
    }
    socket.on('data', chunk => {
      text += chunk.toString('latin1')
      const head = text.indexOf('\r\n\r\n')
      if (head < 0 || text.length < head + 4 + BODY_BYTES) return
      if (!text.startsWith('HTTP/1.1 200')) throw new Error(`not the plain servers' answer: ${text}`)
      text = ''
      latencies.push(performance.now() - askedMs)
      idle.push(send)
      if (latencies.length < count) {
        sendDue()
        return
      }
      clearInterval(ticks)
      latencies.sort((a, b) => a - b)
      resolve({ answered: count, p99Ms: latencies[Math.floor(0.99 * count)] ?? Number.NaN })
      socket.end()
    })
    return send
  }
}
