import autocannon from 'autocannon'
import { expect, test, vi } from 'vitest'
import { answers, startMisbehavingServer } from '../testing/misbehaving-server.ts'
import { type AutocannonClient, requirePrivateParts } from './autocannon-client.ts'
import { type RequestEnd, shim } from './autocannon-shim.ts'
import { Slots } from './slots.ts'

vi.setConfig({ testTimeout: 30_000 }) // for a starved machine; all of it is awaited as conditions

/** Runs autocannon in this process, with its client as `setup` leaves it, until the signal. */
function cannonade(
  port: number,
  setup: (client: AutocannonClient) => void,
  stop: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const load = autocannon(
      {
        url: `http://127.0.0.1:${port}/`,
        connections: 1,
        duration: 10,
        timeout: 1,
        sampleInt: 50,
        setupClient: client => setup(client as unknown as AutocannonClient),
      },
      error => (error ? reject(error) : resolve()),
    )
    if (stop.aborted) load.stop()
    else stop.addEventListener('abort', () => load.stop())
  })
}

test('the private parts are those that the load was written for', async () => {
  await using server = await startMisbehavingServer(answers.ok)
  let found: AutocannonClient | undefined
  const setup = (client: AutocannonClient) => {
    requirePrivateParts(client)
    found = client
  }
  await cannonade(server.port, setup, AbortSignal.abort())
  const client = found as AutocannonClient
  expect(() => requirePrivateParts(client, '9.1.0')).toThrow('autocannon 9.0.0; this is 9.1.0')
  const changed = { ...client, parser: {} } as AutocannonClient
  expect(() => requirePrivateParts(changed)).toThrow("autocannon's client has no ")
})

test('a client that is not as expected ends the load at once', async () => {
  await using server = await startMisbehavingServer(answers.ok)
  const setup = (client: AutocannonClient) => requirePrivateParts(client, '9.1.0')
  await expect(cannonade(server.port, setup, AbortSignal.abort())).rejects.toThrow('this is 9.1.0')
  expect(server.accepted).toBe(0)
})

test('a request without an answer is told as such when its time is over, and the next are right', async () => {
  await using server = await startMisbehavingServer((socket, n) => (n === 3 ? undefined : answers.ok(socket)))
  const stop = new AbortController()
  const ends: RequestEnd[] = []
  await cannonade(
    server.port,
    client =>
      shim(client, {
        address: '127.0.0.1',
        slots: new Slots(performance.now(), 20, () => 0),
        nowUs: () => performance.now() * 1000,
        isGood: status => status === 200,
        onEnd: end => {
          ends.push(end)
          if (ends.length === 8) stop.abort()
        },
        signal: stop.signal,
      }),
    stop.signal,
  )
  const [good, lost] = ['ok', 'deadline']
  expect(ends.map(end => end.outcome)).toEqual([good, good, lost, good, good, good, good, good])
  const latencies = ends.map(end => end.endedUs - end.sentUs)
  expect(latencies[2]).toBeGreaterThan(900_000)
  expect(Math.max(...latencies.slice(3))).toBeLessThan(500_000)
  expect(server.requests).toBe(8)
})
