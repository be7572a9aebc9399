import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectEngine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import { docker } from '../testing/docker.ts'
import { smallRun, systemOf } from '../testing/small-system.ts'
import { startZonefall, zonefall } from '../testing/zonefall-process.ts'

const IMAGE = 'zonefall/toolbox:1'

/** A container, a network, a volume and an image that have nothing to do with any run, and look as much like a run's as they can. */
let foreign: string
beforeEach(async () => {
  foreign = `foreign-${randomBytes(4).toString('hex')}`
  await docker('network', 'create', '--label', `com.docker.compose.project=${foreign}`, foreign)
  await docker('volume', 'create', '--label', `com.docker.compose.project=${foreign}`, foreign)
  await docker('tag', IMAGE, `${foreign}:1`)
  const labels = [
    `com.docker.compose.project=${foreign}`,
    'com.docker.compose.service=web',
    'zonefall.tier=small',
  ]
  await docker(
    ...['run', '--detach', '--name', foreign, '--network', foreign, '--network-alias', 'web'],
    ...['--volume', `${foreign}:/data`, '--restart', 'unless-stopped', '--init'],
    ...labels.flatMap(label => ['--label', label]),
    ...['--entrypoint', 'sleep', `${foreign}:1`, '600'],
  )
})
afterEach(async () => {
  await docker('rm', '--force', foreign)
  await docker('network', 'rm', foreign)
  await docker('volume', 'rm', foreign)
  await docker('rmi', `${foreign}:1`)
})

async function inspectForeign(): Promise<unknown[]> {
  const things = [
    ['container', foreign],
    ['network', foreign],
    ['volume', foreign],
    ['image', `${foreign}:1`],
  ] as const
  const texts = await Promise.all(things.map(([kind, name]) => docker(kind, 'inspect', name)))
  return texts.map(text => JSON.parse(text))
}

test('two runs on two projects, beside things that are nobody’s: each ends with a verdict, nothing else is touched', async () => {
  const one = await smallRun('beside-1', 'kill')
  const two = { ...(await smallRun('beside-2', 'crash')) }
  const env = { ...two.env, ZONEFALL_STATE_DIR: one.env.ZONEFALL_STATE_DIR } // one user, one place
  const before = await inspectForeign()

  const first = startZonefall(one.args, one.env)
  const second = startZonefall(two.args, env)
  await first.until(`Bringing ${one.project} up`) // from here to its end it is at work
  const status = await zonefall(['status', ...systemOf(one), '--json'], one.env)
  expect(JSON.parse(status.stdout)).toMatchObject({
    project: one.project,
    atWork: { pid: first.child.pid, since: expect.stringMatching(/^\d{4}-/) },
  })

  for (const [run, { project }] of [
    [first, one],
    [second, two],
  ] as const) {
    expect([0, 1, 3]).toContain(await run.exited)
    expect(run.output.stderr).toBe('')
    expect(run.output.stdout).toMatch(/verdict +\w/)
    expect(isEmpty(await (await connectEngine()).surveyProject(project))).toBe(true)
  }
  expect(await readdir(one.env.ZONEFALL_STATE_DIR)).toEqual([])
  expect(await inspectForeign()).toEqual(before)
})
