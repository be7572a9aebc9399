import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { Server } from '../server/server.ts'
import { openRaw } from '../testing/raw-exchange.ts'
import { EventStream } from './event-stream.ts'

test('who stops reading is dropped, and who reads is not', async () => {
  const limits = {
    pool: { maxIdle: 1, keepaliveMs: 1_000 },
    ejection: { baseMs: 1_000, maxMs: 1_000 },
    slowstartMs: 0,
  }
  const around = { buffer: Buffer.alloc(0), listenedMs: () => 0, nowMs: () => 0 }
  const identity = { name: 's0', zone: 'zone-0', host: '127.0.0.1', port: 1, weight: 1 }
  const server = new Server(identity, limits, around, { kind: 'down', passed: 0, because: 'starting' })
  const events = new EventStream(
    () => [server],
    () => 0,
  )
  const http = createServer((_, response) => events.subscribe(response)).listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo

  const reader = await openRaw(port)
  const sleeper = await openRaw(port)
  sleeper.pause()
  sleeper.on('error', () => undefined)
  let received = 0
  reader.on('data', data => {
    received += data.toString().split('"seq"').length - 1
  })
  for (const socket of [reader, sleeper]) socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await expect.poll(() => events.readers).toBe(2)

  // More than the kernel's buffers of both sides hold, in portions that a reader can follow.
  let sent = 1
  while (events.readers > 1 && sent < 200_000) {
    for (let i = 0; i < 50; i += 1)
      events.publish({ server, from: 'up', to: 'down', cause: 'x'.repeat(500), atMs: 0 })
    sent += 50
    await expect.poll(() => received, { interval: 1 }).toBe(sent)
  }
  expect(events.readers).toBe(1)
  events.close()
  reader.destroy()
  sleeper.destroy()
  http.close()
})
