import { readdir, readFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import { offspringOf } from '../testing/processes.ts'
import { smallRun, systemOf } from '../testing/small-system.ts'
import { startZonefall, type ZonefallProcess, zonefall } from '../testing/zonefall-process.ts'

let engine: Engine
beforeAll(async () => {
  engine = await connectEngine()
})

async function watchdogOf({ child }: ZonefallProcess): Promise<number> {
  for (const pid of await offspringOf(child.pid ?? 0)) {
    if ((await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes('watchdog-main')) return pid
  }
  throw new Error('the run has no watchdog')
}

test('harness and watchdog are killed in the middle of a fault: the next command says so, cleanup mends it', async () => {
  const small = await smallRun('both-killed', 'crash')
  const { project, env } = small
  const run = startZonefall(small.args, env)
  await run.until(`crash ${small.web}`)
  process.kill(await watchdogOf(run), 'SIGKILL')
  run.child.kill('SIGKILL')
  await run.exited

  const status = await zonefall(['status', ...systemOf(small)], env)
  expect(status.stdout).toContain(`An earlier run on ${project} died and left things behind`)
  expect(status.stdout).toContain(`remove the containers, networks and volumes of ${project}`)
  expect(status.stdout).not.toContain('is at work')
  expect(status.code).toBe(0)

  const refused = await zonefall(small.args, env)
  expect(refused.stderr).toContain(
    `An earlier run on ${project} died and left things behind. Run \`zonefall cleanup\` first.`,
  )
  expect(refused.code).toBe(4)

  const cleanup = await zonefall(['cleanup'], env)
  expect(cleanup.stdout).toContain(`${project}: done: remove the containers, networks and volumes`)
  expect(cleanup.code).toBe(0)
  expect(isEmpty(await engine.surveyProject(project))).toBe(true)
  expect(await readdir(env.ZONEFALL_STATE_DIR)).toEqual([])
  expect((await zonefall(['cleanup'], env)).stdout).toBe('Nothing was left behind.\n')

  const again = await zonefall([...small.args.slice(0, -2), '--out', `${small.out}-again`], env)
  expect(again.stdout).toContain('verdict ')
  expect([0, 1, 3]).toContain(again.code)
})

test('the watchdog alone is killed: the run says so, goes on, and leaves nothing', async () => {
  const small = await smallRun('dog-killed', 'kill')
  const run = startZonefall(small.args, small.env)
  await run.until('warm-up')
  process.kill(await watchdogOf(run), 'SIGKILL')
  expect([0, 1, 3]).toContain(await run.exited)
  expect(run.output.stdout).toContain('The watchdog was killed: ')
  expect(run.output.stdout).toContain('verdict ')
  expect(isEmpty(await engine.surveyProject(small.project))).toBe(true)
  expect(await readdir(small.env.ZONEFALL_STATE_DIR)).toEqual([])
})
