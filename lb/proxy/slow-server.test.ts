import { type ClientRequest, request } from 'node:http'
import { expect, test } from 'vitest'
import type { Server } from '../server/server.ts'
import { RARE_CHECKS, read, send, startBalancer, type TestBalancer } from '../testing/start-balancer.ts'
import { answers, isSilent, startServer, type TestServer } from '../testing/test-server.ts'

/** Enough answers for the balancer to know what is usual, and for a few late ones not to change that. */
async function learnUsual(lb: TestBalancer, servers: readonly TestServer[]): Promise<void> {
  for (let time = 0; time < 120; time += 1) await send(lb.trafficPort)
  await expect.poll(() => lb.backend.usual.hedgeMs, { interval: 5, timeout: 10_000 }).toBeLessThan(100)
  for (const server of servers) server.seen.length = 0
}

/** It has been silent for longer and longer: only half a second of it would be odd. */
function learnSilences(lb: TestBalancer): void {
  const [server] = lb.backend.servers
  if (!server) throw new Error('no server')
  const nowMs = server.nowMs()
  server.silence.began(nowMs - 800)
  for (const agoMs of [750, 650, 450, 50]) server.silence.heard(nowMs - agoMs)
  server.silence.ended()
  expect(server.silence.limitMs).toBe(500)
}

const sentTo = (servers: readonly Server[]) =>
  servers.flatMap(({ active }) => active.filter(({ stage }) => stage === 'sent'))

/** A body that has begun, and has come as far as a server. */
async function upload(lb: TestBalancer): Promise<ClientRequest> {
  const { servers } = lb.backend
  const before = sentTo(servers).length
  const asked = request({ port: lb.trafficPort, method: 'POST', agent: false })
  asked.write('part of a body')
  await expect.poll(() => sentTo(servers).length, { interval: 5, timeout: 10_000 }).toBe(before + 1)
  return asked
}

/** Until the youngest of what these servers have been sent is older. */
async function areOlderThan(ms: number, servers: readonly Server[]): Promise<void> {
  const youngestMs = () => Math.min(...sentTo(servers).map(one => one.server.nowMs() - one.startMs))
  await expect.poll(youngestMs, { interval: 5, timeout: 10_000 }).toBeGreaterThan(ms)
}

test('two requests in a row that should have been answered, and not a byte since: it gets no more of them', async () => {
  await using slow = await startServer(answers('slow'))
  await using b = await startServer(answers('b'))
  await using c = await startServer(answers('c'))
  await using lb = await startBalancer([slow, b, c], { check: RARE_CHECKS })
  await learnUsual(lb, [slow])
  learnSilences(lb)
  slow.behave = isSilent
  // One after the other, and each that it gets is hedged: a good fifteen of them would go into half a second.
  while (!lb.backend.servers[0]?.isSilent) await send(lb.trafficPort)
  expect(slow.seen.length).toBeGreaterThanOrEqual(2)
  expect(slow.seen.length).toBeLessThanOrEqual(6)
})

test('who falls silent and then answers late, and only late, is tried with one request at a time, and leaves', async () => {
  await using slow = await startServer(answers('slow'))
  await using b = await startServer(answers('b'))
  await using c = await startServer(answers('c'))
  await using lb = await startBalancer([slow, b, c])
  await learnUsual(lb, [slow])
  const delayMs = 300 + 6 * lb.backend.usual.hedgeMs
  slow.behave = (_, response) => void setTimeout(() => response.end('late'), delayMs)
  let most = 0
  slow.onRequest = () => {
    if (lb.backend.servers[0]?.trial) most = Math.max(most, lb.backend.servers[0].sessions.current)
  }
  while (lb.backend.up.length === 3) expect((await send(lb.trafficPort)).status).toBe(200)
  expect(lb.log).toContainEqual(
    expect.objectContaining({ server: 's0', state: 'down', cause: 'slow-answers' }),
  )
  expect(most).toBe(1)
  expect(slow.seen.length).toBeLessThanOrEqual(6)
})

test('clients that send their bodies slowly make no server look silent', async () => {
  await using a = await startServer(answers('a'))
  await using b = await startServer(answers('b'))
  await using c = await startServer(answers('c'))
  await using lb = await startBalancer([a, b, c])
  await learnUsual(lb, [a])
  const { servers } = lb.backend
  const uploads = [await upload(lb)]
  const chosen = servers.filter(server => sentTo([server]).length > 0)
  while (sentTo(chosen).length < 2) {
    const one = await upload(lb)
    if (sentTo(chosen).length === 2) uploads.push(one)
    else await read(one.end())
  }
  await areOlderThan(3 * lb.backend.usual.hedgeMs, chosen)
  expect(servers.map(({ isSilent }) => isSilent)).toEqual([false, false, false])
  for (const one of uploads) expect((await read(one.end())).status).toBe(200)
})

test('clients that send their bodies slowly keep no hedge from others', async () => {
  await using frozen = await startServer(answers('frozen'))
  await using b = await startServer(answers('b'))
  await using c = await startServer(answers('c'))
  await using lb = await startBalancer([frozen, b, c], { check: RARE_CHECKS })
  await learnUsual(lb, [frozen])
  const { servers } = lb.backend
  const uploads: ClientRequest[] = []
  while (servers.some(server => sentTo([server]).length === 0)) uploads.push(await upload(lb))
  await areOlderThan(3 * lb.backend.usual.hedgeMs, servers)
  frozen.behave = isSilent
  for (let time = 0; time < 6; time += 1) expect((await send(lb.trafficPort)).status).toBe(200)
  expect(frozen.seen).toContain('GET /')
  for (const one of uploads) {
    one.on('error', () => undefined)
    one.destroy()
  }
})

test('who falls silent and then answers well is asked again', async () => {
  await using paused = await startServer(answers('paused'))
  await using b = await startServer(answers('b'))
  await using c = await startServer(answers('c'))
  await using lb = await startBalancer([paused, b, c])
  await learnUsual(lb, [paused])
  const finish: (() => void)[] = []
  paused.behave = (_, response) => void finish.push(() => response.end('paused'))
  while (!lb.backend.servers[0]?.isSilent) await send(lb.trafficPort)
  paused.behave = answers('paused')
  for (const one of finish) one()
  paused.seen.length = 0
  await expect
    .poll(async () => (await send(lb.trafficPort)).body, { interval: 1, timeout: 10_000 })
    .toBe('paused')
  expect(lb.backend.up).toHaveLength(3)
})
