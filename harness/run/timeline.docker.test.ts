import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import { readEvents } from '../history/event-log.ts'
import { isProcess, offspringOf } from '../testing/processes.ts'
import { type SmallRun, smallRun } from '../testing/small-system.ts'
import { startZonefall, zonefall } from '../testing/zonefall-process.ts'

// A timeline as a user runs it.

/** Two falls of the container, and a cut that lies over the first one. */
const FAULTS = [
  { fault: { kind: 'pause' }, for: '500ms', every: '2s', times: 2 },
  { fault: { kind: 'cut' }, at: '200ms', for: '1s' },
  { fault: { kind: 'remove' }, at: '4s' },
]
const LIMIT_MS = 30_000

let engine: Engine
beforeAll(async () => {
  engine = await connectEngine()
})

async function timelineRun(name: string): Promise<SmallRun> {
  const small = await smallRun(name, 'kill', {
    warmUpMs: 300,
    baselineMs: 1000,
    holdMs: 4500,
    recoveryMs: 1500,
  })
  const file = small.args[1] ?? ''
  const { fault: _, ...experiment } = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...experiment, faults: FAULTS }))
  return small
}

test('several faults on one container: each is told, read back and healed, and nobody is taken for somebody else', async () => {
  const small = await timelineRun('timeline')
  const run = await zonefall(small.args, small.env)
  expect([0, 1, 3]).toContain(run.code) // the machine decides whether its numbers count
  expect(run.stderr).toBe('')
  expect(run.stdout).toContain('  cut web-1 (small, a), one of 1, 0.2 to 1.2 s\n')
  const events = await readEvents(join(small.out, 'trial-1/events.ndjson'))
  const deeds = events.flatMap(event =>
    event.type === 'fault' ? [`${event.strike} ${event.action} ${event.fault}`] : [],
  )
  expect(deeds.toSorted()).toEqual([
    '0 heal pause',
    '0 inject pause',
    '1 heal cut',
    '1 inject cut',
    '2 heal pause',
    '2 inject pause',
    '3 heal remove',
    '3 inject remove',
  ])
  expect(events.filter(event => event.type === 'fault-verified').map(({ ok }) => ok)).toEqual(
    new Array(8).fill(true),
  )
  const analysed = await readFile(join(small.out, 'trial-1/analysis.json'), 'utf8')
  const codes = (JSON.parse(analysed).validity.reasons ?? []).map(({ code }: { code: string }) => code)
  expect(codes).not.toContain('disturbed')
  expect(codes).not.toContain('fault-not-verified')
  expect(await readFile(join(small.out, 'report.html'), 'utf8')).toContain('Faults, since the first of them')

  const again = await zonefall(['analyse', small.out], small.env)
  expect(again.code).toBe(run.code)
  expect(await readFile(join(small.out, 'trial-1/analysis.json'), 'utf8')).toBe(analysed)
})

test('SIGKILL of the harness while two faults are on, and another is armed: nothing is left', async () => {
  const small = await timelineRun('timeline-dog')
  const run = startZonefall(small.args, small.env)
  await run.until(`cut ${small.web}`)
  const offspring = await offspringOf(run.child.pid ?? 0)
  run.child.kill('SIGKILL')
  const killedMs = performance.now()
  const left = async () => [
    ...(isEmpty(await engine.surveyProject(small.project)) ? [] : ['containers']),
    ...(await readdir(small.env.ZONEFALL_STATE_DIR)),
    ...offspring.filter(isProcess).map(String),
  ]
  while ((await left()).length > 0 && performance.now() - killedMs < LIMIT_MS) await sleep(50) // between two looks
  expect(await left()).toEqual([])
})
