import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import {
  answers,
  type MisbehavingServer,
  startMisbehavingServer,
} from '../traffic/testing/misbehaving-server.ts'
import { conditionResult } from './analyse-capacity.ts'
import { ConditionTraffic, type TrafficRequest } from './condition-traffic.ts'
import { judgeStep, type StepResult } from './judge-step.ts'
import { runCondition } from './run-condition.ts'
import type { SearchSettings } from './search.ts'
import { readSearch, SearchLog } from './search-log.ts'

vi.setConfig({ testTimeout: 120_000 }) // for a starved machine; all of it is awaited as conditions

const limits = { minSuccess: 0.8, maxP99Ms: 1000 }
const settings: SearchSettings = { first: [240], floor: 40, ceiling: 480, resolution: 1, growth: 2 }
const nobody: ReadonlySet<string> = new Set()

async function openTraffic({ port }: MisbehavingServer, more: Partial<TrafficRequest> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'zonefall-capacity-'))
  const { signal } = new AbortController()
  const url = new URL(`http://127.0.0.1:${port}/`)
  const request = {
    url,
    path: '/',
    instanceHeader: 'X-Zonefall-Path',
    folder,
    limits,
    stepMs: 1000,
    seed: 1,
    signal,
  }
  return { folder, traffic: await ConditionTraffic.open({ ...request, ...more }) }
}

async function search(server: MisbehavingServer, hasRoom: () => boolean) {
  const { folder, traffic } = await openTraffic(server)
  const live: StepResult[] = []
  {
    await using _traffic = traffic
    await using log = await SearchLog.create(folder)
    await runCondition({ traffic, log, search: settings, limits, hasRoom, onStep: step => live.push(step) })
  }
  const stored = await conditionResult(folder, { limits }, { rate: settings.ceiling, by: 'max-rate' })
  return { live, stored, events: await readSearch(folder) }
}

test('what is stored gives, step by step, what was decided live', async () => {
  await using server = await startMisbehavingServer(atMost(100))
  const { live, stored, events } = await search(server, () => true)
  expect(live.length).toBeGreaterThanOrEqual(2)
  expect(stored?.steps).toEqual(live)
  expect(events.at(-1)).toMatchObject({ type: 'end' })
  expect(live[0]).toMatchObject({ rate: 240, passed: false }) // more than half are too much, where a fifth may fail
  expect(stored?.failed).not.toBeNull()
})

test('a step in which all is refused ends long before its time', async () => {
  await using server = await startMisbehavingServer(answers.unavailable)
  const { traffic } = await openTraffic(server, { stepMs: 40_000, limits: { ...limits, minSuccess: 0.99 } })
  await using _traffic = traffic
  const { step, rows } = await traffic.step(60)
  expect(step.ended).toBe('early')
  expect(judgeStep(step, rows, limits)).toMatchObject({ passed: false, p99_ms: null })
})

test('a budget that is over ends it between two steps, and nothing is known of what lies above', async () => {
  await using server = await startMisbehavingServer(answers.ok)
  let room = 1
  const { live, stored } = await search(server, () => room-- > 0)
  expect(live).toHaveLength(1)
  expect(stored).toMatchObject({ limited_by: null, note: 'The budget was over before the search was done.' })
})

test('of a condition that was not there to the end nothing is known: its search has no end', async () => {
  await using server = await startMisbehavingServer(answers.ok)
  const { folder, traffic } = await openTraffic(server)
  {
    await using _traffic = traffic
    await using log = await SearchLog.create(folder)
    const confirm = () => Promise.reject(new Error('somebody started it again'))
    const request = { traffic, log, search: settings, limits, hasRoom: () => false, onStep: () => undefined }
    await expect(runCondition({ ...request, confirm })).rejects.toThrow('somebody started it again')
  }
  expect((await readSearch(folder)).map(({ type }) => type)).toEqual(['calm'])
})

test('a system that answers badly is not calm; one of which nobody is missing is, and who answers is known', async () => {
  await using bad = await startMisbehavingServer(answers.unavailable)
  const failing = await openTraffic(bad)
  await using _failing = failing.traffic
  expect(await failing.traffic.calm({ cleanMs: 200, expected: nobody, limitMs: 1500 })).toBeUndefined()

  await using good = await startMisbehavingServer(answers.ok)
  const { traffic } = await openTraffic(good)
  await using _traffic = traffic
  const calm = await traffic.calm({ cleanMs: 200, expected: new Set(['one']), limitMs: 60_000 })
  expect(calm?.instances).toEqual(['one'])
  expect(await traffic.calm({ cleanMs: 200, expected: new Set(['two']), limitMs: 1500 })).toBeUndefined()
})

test('an interruption ends a step at once', async () => {
  await using server = await startMisbehavingServer(answers.ok)
  const interrupt = new AbortController()
  const { traffic } = await openTraffic(server, { signal: interrupt.signal })
  await using _traffic = traffic
  const step = traffic.step(60)
  await server.atRequest(5)
  interrupt.abort(new Error('enough'))
  await expect(step).rejects.toThrow('enough')
})

/** A bucket that fills evenly, and holds a quarter of a second's. */
function atMost(perSecond: number): Parameters<typeof startMisbehavingServer>[0] {
  const depth = perSecond / 4
  let [tokens, lastMs] = [depth, performance.now()]
  return socket => {
    const nowMs = performance.now()
    tokens = Math.min(depth, tokens + ((nowMs - lastMs) * perSecond) / 1000)
    lastMs = nowMs
    if (tokens < 1) return answers.unavailable(socket)
    tokens -= 1
    answers.ok(socket)
  }
}
