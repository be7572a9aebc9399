import { expect, test, vi } from 'vitest'
import { collectTraffic } from '../testing/collect-traffic.ts'
import { answers, startMisbehavingServer } from '../testing/misbehaving-server.ts'

vi.setConfig({ testTimeout: 30_000 }) // for a starved machine; all of it is awaited as conditions

test.each([
  ['an answer', answers.ok, 'ok', 200],
  ['a FIN before the answer', answers.fin, 'closed', 0],
  ['a reset before the answer', answers.reset, 'reset', 0],
  ['a FIN in the middle of the head', answers.finMidHead, 'closed', 0],
  ['a FIN in the middle of the body', answers.finMidBody, 'closed', 200],
  ['a reset in the middle of the body', answers.resetMidBody, 'reset', 200],
  ['a status that is not expected', answers.unavailable, 'status', 503],
  ['bytes that are not HTTP', answers.garbage, 'malformed', 0],
  ['silence', answers.silence, 'deadline', 0],
] as const)('%s is told as it was', async (_, behave, outcome, status) => {
  await using server = await startMisbehavingServer(behave)
  const traffic = await collectTraffic('prober', server.port, { probes: { deadlineMs: 150 } })
  await traffic.until(samples => samples.length >= 10)
  await traffic.process.stop()
  expect(new Set(traffic.samples.map(sample => `${sample.outcome} ${sample.status}`))).toEqual(
    new Set([`${outcome} ${status}`]),
  )
})

test('a refused connection is told as refused', async () => {
  const server = await startMisbehavingServer(answers.ok)
  await server[Symbol.asyncDispose]()
  const traffic = await collectTraffic('prober', server.port)
  await traffic.until(samples => samples.length >= 10)
  await traffic.process.stop()
  expect(new Set(traffic.samples.map(sample => sample.outcome))).toEqual(new Set(['refused']))
})

test('a body without the expected text is told as such, one with it is good', async () => {
  await using server = await startMisbehavingServer(answers.ok)
  const outcomes = async (bodyIncludes: string) => {
    const traffic = await collectTraffic('prober', server.port, { probes: { expect: { bodyIncludes } } })
    await traffic.until(samples => samples.length >= 5)
    await traffic.process.stop()
    return new Set(traffic.samples.map(sample => sample.outcome))
  }
  expect(await outcomes('ok')).toEqual(new Set(['ok']))
  expect(await outcomes('something else')).toEqual(new Set(['body']))
})

test('a redirect is not followed: it is the answer', async () => {
  await using server = await startMisbehavingServer(socket =>
    socket.write('HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n'),
  )
  const traffic = await collectTraffic('prober', server.port, { probes: { expect: { status: [200] } } })
  await traffic.until(samples => samples.length >= 5)
  await traffic.process.stop()
  expect(new Set(traffic.samples.map(({ outcome, status }) => `${outcome} ${status}`))).toEqual(
    new Set(['status 302']),
  )
})

test('the loop is open: a server that never answers gets every probe, each on time', async () => {
  await using server = await startMisbehavingServer(answers.silence)
  const traffic = await collectTraffic('prober', server.port, { probes: { deadlineMs: 1000 } })
  await server.atRequest(60) // more than would fit if a probe waited for the one before it
  await traffic.process.stop()
  const due = traffic.samples.map(sample => sample.dueUs).sort((a, b) => a - b)
  const gaps = due.slice(1).map((us, index) => us - (due[index] ?? 0))
  expect(Math.max(...gaps)).toBeLessThan(10_001)
  expect(Math.min(...gaps)).toBeGreaterThan(9_999)
})

test('half of the probes travel on connections of their own, half on one that is kept', async () => {
  await using server = await startMisbehavingServer(answers.ok)
  const traffic = await collectTraffic('prober', server.port)
  await traffic.until(samples => samples.length >= 40)
  await traffic.process.stop()
  const count = (connection: string) =>
    traffic.samples.filter(sample => sample.connection === connection).length
  expect(Math.abs(count('fresh') - traffic.samples.length / 2)).toBeLessThanOrEqual(1)
  expect(count('kept-reused')).toBeGreaterThan(count('kept-opened'))
})

test('an instance is announced before the first sample that names it', async () => {
  await using server = await startMisbehavingServer(answers.ok)
  const traffic = await collectTraffic('prober', server.port)
  await traffic.until(samples => samples.length >= 5)
  await traffic.process.stop()
  const first = traffic.messages.findIndex(message => message.type === 'instance')
  expect(traffic.messages[first]).toEqual({ type: 'instance', index: 1, value: 'one' })
  expect(first).toBeLessThan(traffic.messages.findIndex(message => message.type === 'rows'))
  expect(traffic.samples[0]?.instance).toBe(1)
})
