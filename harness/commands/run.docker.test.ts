import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import type { HistoryEvent } from '../history/event.ts'
import { readEvents } from '../history/event-log.ts'
import {
  FOREIGN,
  newFolder,
  ownState,
  SHORT_KILL,
  startZonefall,
  zonefall,
} from '../testing/zonefall-process.ts'

const PROJECT = 'zonefall-foreign'
const ON_FOREIGN = ['-f', FOREIGN, '--zone-label', 'example.zone', '--instance-header', 'x-served-by']

let engine: Engine
beforeAll(async () => {
  engine = await connectEngine()
})

test('a foreign system (HAProxy before nginx) is measured, judged and removed', async () => {
  const out = await newFolder()
  const run = await zonefall(
    ['run', SHORT_KILL, ...ON_FOREIGN, '--seed', '7', '--json', '--out', out],
    await ownState(),
  )
  const verdict = JSON.parse(run.stdout)
  // The machine decides whether the bracket is narrow enough; what must hold is that code and verdict agree.
  expect({ pass: 0, fail: 1, inconclusive: 3, invalid: 3 }[verdict.status as string]).toBe(run.code)
  expect(verdict).toMatchObject({
    schema: 1,
    experiment: 'short-kill',
    system: PROJECT,
    seed: 7,
    trials: [{ metrics: {} }],
  })
  const { metrics } = verdict.trials[0]
  const events = await readEvents(join(out, 'trial-1/events.ndjson'))
  const injected = events.find(event => event.type === 'fault' && event.action === 'inject')
  const target = injected?.type === 'fault' ? injected.container.name : ''
  expect(target).toMatch(/^zonefall-foreign-web-\d-1$/)
  expect(metrics.share.before[target]).toBeGreaterThan(0)
  expect(metrics.share.during[target]).toBeLessThan(0.05)
  expectDetection(metrics.detection_ms, events, target)
  expect(events.filter(event => event.type === 'fault-verified').map(event => event.ok)).toEqual([true, true])
  expect((await readdir(join(out, 'trial-1/logs'))).length).toBe(4)
  expect(isEmpty(await engine.surveyProject(PROJECT))).toBe(true)

  const before = await Promise.all(
    ['verdict.json', 'report.html', 'trial-1/analysis.json'].map(file => readFile(join(out, file), 'utf8')),
  )
  const again = await zonefall(['analyse', out, '--json'], await ownState())
  expect(again.code).toBe(run.code)
  const after = await Promise.all(
    ['verdict.json', 'report.html', 'trial-1/analysis.json'].map(file => readFile(join(out, file), 'utf8')),
  )
  expect(after).toEqual(before)
})

test('Ctrl-C in the middle of a fault undoes everything', async () => {
  const env = await ownState()
  const run = startZonefall(['run', SHORT_KILL, ...ON_FOREIGN, '--out', await newFolder()], env)
  await run.until('kill zonefall-foreign-web')
  run.child.kill('SIGINT')
  expect(await run.exited).toBe(130)
  expect(run.output.stderr).toContain('Interrupted by SIGINT.\nzonefall: Everything was undone.')
  expect(isEmpty(await engine.surveyProject(PROJECT))).toBe(true)
  expect(await readdir(env.ZONEFALL_STATE_DIR)).toEqual([])
})

test('a second run on the same project is refused while the first is at work', async () => {
  const env = await ownState()
  const first = startZonefall(['run', SHORT_KILL, ...ON_FOREIGN, '--out', await newFolder()], env)
  await first.until('Bringing zonefall-foreign up')
  const second = await zonefall(['run', SHORT_KILL, ...ON_FOREIGN], env)
  expect(second.code).toBe(4)
  expect(second.stderr).toContain('is at work on zonefall-foreign')
  first.child.kill('SIGINT')
  expect(await first.exited).toBe(130)
})

/** HAProxy told it, and the bracket holds the two polls that the change lay between. */
function expectDetection(
  detection: { value: number; lower: number; upper: number },
  events: readonly HistoryEvent[],
  target: string,
): void {
  const left = events.find(
    event => event.type === 'balancer' && event.container?.name === target && event.state === 'down',
  )
  if (left?.type !== 'balancer') throw new Error('HAProxy did not tell that the target is down')
  expect(left).toMatchObject({ balancer: `${PROJECT}-proxy-1`, cause: expect.stringMatching(/^DOWN, L4/) })
  expect(left.errorUs).toBeGreaterThan(25_000)
  expect(detection.upper - detection.lower).toBeGreaterThanOrEqual((2 * (left.errorUs ?? 0)) / 1000)
  expect(detection.value).toBeGreaterThanOrEqual(detection.lower)
  expect(detection.value).toBeLessThanOrEqual(detection.upper)
}

test('a dry run prints the plan as JSON, the same for the same seed, and starts nothing', async () => {
  const args = ['run', SHORT_KILL, ...ON_FOREIGN, '--dry-run', '--json', '--trials', '3', '--seed']
  const [first, again, other] = await Promise.all(
    ['7', '7', '8'].map(async seed => zonefall([...args, seed], await ownState())),
  )
  expect(first?.code).toBe(0)
  expect(JSON.parse(first?.stdout ?? '')).toMatchObject({
    schema: 1,
    plans: [
      {
        experiment: 'short-kill',
        seed: 7,
        trials: 3,
        phases_ms: [expect.any(Number), expect.any(Number), expect.any(Number)],
      },
    ],
  })
  expect(again?.stdout).toBe(first?.stdout)
  expect(other?.stdout).not.toBe(first?.stdout)
  expect(isEmpty(await engine.surveyProject(PROJECT))).toBe(true)
})
