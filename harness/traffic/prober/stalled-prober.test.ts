import { setTimeout as pause } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { NEVER_SENT_US } from '../../history/sample-row.ts'
import { type CollectedTraffic, collectTraffic } from '../testing/collect-traffic.ts'
import { answers, startMisbehavingServer } from '../testing/misbehaving-server.ts'

vi.setConfig({ testTimeout: 30_000 }) // for a starved machine; all of it is awaited as conditions

test('a prober that was stopped for a while says so: its probes are late, none is missing', async () => {
  await using server = await startMisbehavingServer(answers.ok)
  const traffic = await collectTraffic('prober', server.port)
  await stall(traffic, 500)
  await traffic.until(samples => samples.length >= 80)
  await traffic.process.stop()
  const late = traffic.samples.map(sample => sample.sentUs - sample.dueUs)
  expect(Math.max(...late)).toBeGreaterThan(400_000)
  const due = traffic.samples.map(sample => sample.dueUs).sort((a, b) => a - b)
  expect(due.every((us, index) => index === 0 || us - (due[index - 1] ?? 0) < 10_001)).toBe(true)
  const health = traffic.messages.filter(message => message.type === 'health')
  expect(Math.max(...health.map(({ maxLateUs }) => maxLateUs))).toBeGreaterThan(400_000)
  expect(Math.max(...health.map(({ maxLoopDelayUs }) => maxLoopDelayUs))).toBeGreaterThan(400_000)
})

test('a stall longer than the deadline makes no failure up', async () => {
  await using server = await startMisbehavingServer(socket => {
    setTimeout(() => answers.ok(socket), 30) // so that some are always in flight
  })
  const traffic = await collectTraffic('prober', server.port, { probes: { deadlineMs: 600 } })
  await stall(traffic, 900)
  await traffic.until(samples => samples.length >= 130)
  await traffic.process.stop()
  expect(new Set(traffic.samples.map(sample => sample.outcome))).toEqual(new Set(['ok']))
})

test('probes that cannot be sent are told as unsent, which is no failure of the system', async () => {
  await using server = await startMisbehavingServer(answers.silence)
  const traffic = await collectTraffic('prober', server.port, { probes: { deadlineMs: 300 } })
  await stall(traffic, 1500) // 150 become due at once, of which 64 may be in flight
  await traffic.until(samples => samples.some(sample => sample.outcome === 'unsent'))
  await traffic.process.stop()
  const unsent = traffic.samples.filter(sample => sample.outcome === 'unsent')
  expect(new Set(unsent.map(sample => sample.sentUs))).toEqual(new Set([NEVER_SENT_US]))
  const health = traffic.messages.filter(message => message.type === 'health')
  expect(health.reduce((sum, second) => sum + second.unsent, 0)).toBe(unsent.length)
})

/** The whole process stands still, as on a machine that is starved. */
async function stall(traffic: CollectedTraffic, ms: number): Promise<void> {
  await traffic.until(samples => samples.length >= 5)
  process.kill(traffic.process.pid, 'SIGSTOP')
  await pause(ms)
  process.kill(traffic.process.pid, 'SIGCONT')
}
