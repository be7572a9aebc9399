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
