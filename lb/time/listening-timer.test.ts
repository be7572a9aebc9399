import { once } from 'node:events'
import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { ListeningTimer } from './listening-timer.ts'
import { LoopLag } from './loop-lag.ts'

function blockLoop(ms: number): void {
  const endMs = performance.now() + ms
  while (performance.now() < endMs);
}

const untilSilent = (lag: LoopLag, ms: number) =>
  new Promise<number>(resolve => {
    const startMs = performance.now()
    new ListeningTimer(lag, ms, () => resolve(performance.now() - startMs))
  })

test('silence is noticed after the limit', async () => {
  const lag = new LoopLag()
  const tookMs = await untilSilent(lag, 60)
  lag.stop()
  expect(tookMs).toBeGreaterThanOrEqual(58)
})

test('time in which our own loop stood still is not the other side’s', async () => {
  const lag = new LoopLag()
  const silent = untilSilent(lag, 100)
  blockLoop(400)
  const tookMs = await silent
  lag.stop()
  expect(tookMs).toBeGreaterThanOrEqual(400 + 50)
})

test('an answer that lies in the kernel when the timer runs out is heard', async () => {
  // The peer has its own loop, so that it answers while ours stands still.
  const peer = new Worker(
    `const { createServer } = require('node:net'); const { parentPort } = require('node:worker_threads')
     const server = createServer(s => s.on('data', () => s.write('yes')))
     server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`,
    { eval: true },
  )
  const [port] = (await once(peer, 'message')) as [number]
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const lag = new LoopLag()
  const heard = await new Promise<string>(resolve => {
    const timer = new ListeningTimer(lag, 50, () => resolve('silence'))
    socket.on('data', data => {
      timer.stop()
      resolve(data.toString())
    })
    socket.write('anybody there?', () => blockLoop(300))
  })
  expect(heard).toBe('yes')
  lag.stop()
  socket.destroy()
  await peer.terminate()
})

test('stopped in time, it says nothing', async () => {
  const lag = new LoopLag()
  const stopped = new ListeningTimer(lag, 20, () => expect.unreachable())
  const longer = untilSilent(lag, 60)
  stopped.stop()
  await longer
  lag.stop()
})
