import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import { FOREIGN, newFolder, ownState, SHORT_KILL, startZonefall } from '../testing/zonefall-process.ts'

const PROJECT = 'zonefall-foreign'
const ARGS = [
  'run',
  SHORT_KILL,
  '-f',
  FOREIGN,
  '--zone-label',
  'example.zone',
  '--instance-header',
  'x-served-by',
]
const LIMIT_MS = 30_000

let engine: Engine
beforeAll(async () => {
  engine = await connectEngine()
})

/** Resolves when nothing of the project is left, and the watchdog has removed the journal and its lock; with what is left. */
async function cleanedUp(stateDir: string): Promise<string[]> {
  const limit = AbortSignal.timeout(LIMIT_MS)
  while ((await readdir(stateDir)).length > 0 || !isEmpty(await engine.surveyProject(PROJECT))) {
    limit.throwIfAborted()
    await sleep(50) // between two looks at the condition
  }
  return readdir(stateDir)
}

test.each([
  ['while the system starts', 'Bringing zonefall-foreign up'],
  ['before the fault', 'warm-up'],
  ['during the fault', 'kill zonefall-foreign-web'],
  ['after the fault', 'heal zonefall-foreign-web'],
  ['while the system is taken down', 'Taking zonefall-foreign down'],
])('the harness is killed %s: the watchdog leaves nothing behind', async (_, moment) => {
  const env = await ownState()
  const run = startZonefall([...ARGS, '--out', await newFolder()], env)
  await run.until(moment)
  run.child.kill('SIGKILL')
  await run.exited
  expect(await cleanedUp(env.ZONEFALL_STATE_DIR)).toEqual([])
})
