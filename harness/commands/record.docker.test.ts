import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEngine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import { loadExperiment } from '../experiment/load-experiment.ts'
import { readEvents } from '../history/event-log.ts'
import type { RecordVerdict } from '../record/judge-record.ts'
import { analyseReplay } from '../replay/analyse-replay.ts'
import type { ReplayVerdict } from '../replay/judge-replay.ts'
import { docker } from '../testing/docker.ts'
import { type SmallRun, smallRun, systemOf } from '../testing/small-system.ts'
import { newFolder, startZonefall, zonefall } from '../testing/zonefall-process.ts'

/** As somebody has it up by hand: under its own name, not under the one that Zonefall gives it. */
const OWN_NAME = 'recorded'
const WEB = `${OWN_NAME}-web-1`
const PACKAGE_ROOT = dirname(dirname(import.meta.dirname))
/** Long beside what a busy machine takes to start a container. */
const DOWN_MS = 2000

let small: SmallRun
beforeAll(async () => {
  small = await smallRun(OWN_NAME, 'kill')
  await compose('up', '-d')
})
afterAll(() => compose('down', '-t', '0'))

async function compose(...args: string[]): Promise<void> {
  const env = { ...process.env, ...small.env }
  await promisify(execFile)('docker', ['compose', ...systemOf(small), ...args], { env, timeout: 60_000 })
}

test('what is done by hand to a system that is up becomes an experiment, and a replay does it again', {
  timeout: 300_000,
}, async () => {
  const out = await newFolder()
  const recording = startZonefall(['record', ...systemOf(small), '--json', '--out', out], small.env)
  await recording.until(`Ready: break something in ${OWN_NAME}`)
  await docker('kill', WEB)
  const killedMs = performance.now()
  await recording.until(`die ${WEB}`)
  await expect.poll(() => performance.now() - killedMs, { timeout: 20_000 }).toBeGreaterThan(DOWN_MS)
  await docker('start', WEB)
  await recording.until(`start ${WEB}`)
  recording.child.kill('SIGINT')
  const code = await recording.exited
  const record = JSON.parse(recording.output.stdout) as RecordVerdict
  expect(record).toMatchObject({
    kind: 'record',
    system: OWN_NAME,
    untold: [],
    strikes: [{ fault: 'kill', container: WEB, at_ms: 0, until_ms: expect.any(Number) }],
  })
  expect(record.strikes[0]?.until_ms).toBeGreaterThan(DOWN_MS - 500)
  // A starved machine may have spoilt what was measured; what was done is known all the same.
  expect(code).toBe({ pass: 0, invalid: 3 }[record.status])
  expect(await docker('inspect', '-f', '{{.State.Running}}', WEB)).toBe('true') // it was up before, and is left so
  expect(await readdir(small.env.ZONEFALL_STATE_DIR)).toEqual([])
  expect((await readdir(out)).sort()).toEqual(['experiment.yaml', 'report.html', 'trial-1', 'verdict.json'])
  const experiment = await loadExperiment(join(out, 'experiment.yaml'), '/')
  expect(experiment).toMatchObject({
    faults: [{ fault: { kind: 'kill' }, target: { name: 'web-1' }, atMs: 0 }],
  })

  await compose('down', '-t', '0')
  const again = await newFolder()
  const replayed = await zonefall(['replay', out, '--json', '--out', again], small.env)
  if (record.status === 'invalid') return expect(replayed).toMatchObject({ code: 3, stdout: '' })
  const verdict = JSON.parse(replayed.stdout) as ReplayVerdict
  expect(replayed.code).toBe({ pass: 0, fail: 1, invalid: 3 }[verdict.status])
  for (const { trial } of verdict.replayed)
    expect(await deedsIn(join(again, trial))).toEqual(['inject', 'heal'])
  // Both were down for as long as nobody started it: what a busy machine adds to that is less.
  if (verdict.likeness) expect(verdict.likeness.similarity).toBeGreaterThan(0.3)
  expect(replayed.stderr).toMatch(/ stored {4}\S+ {2}lost .*\n {2}replayed {2}/)
  expect(isEmpty(await (await connectEngine()).surveyProject(small.project))).toBe(true)
  expect((await analyseReplay(again, PACKAGE_ROOT)).verdict).toEqual(verdict)

  // The same file in another environment is another system: said, before anything starts.
  const elsewhere = await zonefall(['replay', out], { ...small.env, SMALL_PORT: '1' })
  expect(elsewhere).toMatchObject({ code: 2, stdout: '' })
  expect(elsewhere.stderr).toMatch(/^zonefall: .* has changed since .* Name the system with -f/)
})

/** What a replay did to the container in the place of the one that was killed by hand. */
async function deedsIn(trial: string): Promise<string[]> {
  const events = await readEvents(join(trial, 'events.ndjson'))
  return events.flatMap(event =>
    event.type === 'fault' && event.fault === 'kill' && event.container.name === small.web
      ? [event.action]
      : [],
  )
}
