import { once } from 'node:events'
import net from 'node:net'
import { expect, test } from 'vitest'
import { startRaw } from '../testing/servers.ts'
import { patientTimeout } from './patient-timeout.ts'

test('expires', async () => {
  await new Promise<void>(resolve => patientTimeout(resolve, 1))
})

test('what arrived while the process was late comes first', async () => {
  const server = await startRaw(socket => {
    socket.write('answer')
    // The answer is in the client's socket; the process that should read it is busy past the timeout.
    const untilMs = performance.now() + 20
    while (performance.now() < untilMs);
  })
  const socket = net.connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  const order: string[] = []
  socket.on('data', () => order.push('answer'))
  const expired = new Promise<void>(resolve => patientTimeout(resolve, 5))
  socket.write('hello')
  await expired
  expect(order).toEqual(['answer'])
  socket.destroy()
})
