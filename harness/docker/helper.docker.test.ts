import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import Dockerode from 'dockerode'
import { expect, test } from 'vitest'
import { armHelper } from './helper.ts'

test.each(['own', 'host'] as const)(
  'a helper that nobody fires expires (pid namespace: %s)',
  async pidMode => {
    const docker = new Dockerode()
    const helper = await armHelper(docker, {
      project: `zonefall-test-helper-${process.pid}`,
      image: 'zonefall/toolbox:1',
      script: 'true',
      capabilities: [],
      pidMode,
      expiresSeconds: 1,
    })
    try {
      expect(await docker.getContainer(helper.id).wait()).toMatchObject({ StatusCode: 137 })
    } finally {
      await helper.disarm()
    }
  },
)

test('helpers that were disarmed unfired keep no process from ending', async () => {
  const script = `
    const { connectEngine } = await import(${JSON.stringify(new URL('./engine.ts', import.meta.url).href)})
    const engine = await connectEngine()
    const spec = {
      project: 'zonefall-test-helper-${process.pid}', image: 'zonefall/toolbox:1', capabilities: [], pidMode: 'own',
    }
    for (const helper of [
      await engine.armHelper({ ...spec, script: 'true', expiresSeconds: 30 }),
      await engine.standHelper({ ...spec, program: ['sleep', '30'] }),
    ]) await helper.disarm()
    console.log('disarmed')`
  const ended = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    timeout: 20_000,
  })
  expect((await ended).stdout).toBe('disarmed\n')
})
