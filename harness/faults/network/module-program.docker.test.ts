import { expect, test } from 'vitest'
import { connectEngine } from '../../docker/engine.ts'
import { createThrowawayProject } from '../../docker/testing/throwaway-project.ts'
import { whatIsOurs } from './clear.ts'
import { moduleProgram } from './module-program.ts'
import { CHAIN_IN, CHAIN_NAT, HELPER_IMAGE } from './names.ts'

test('a helper that nobody heals expires, and takes its rules along; what it does not know it says', async () => {
  await using project = createThrowawayProject()
  const [engine, target] = await Promise.all([connectEngine(), project.sleeper('web')])
  const settings = { ports: [8080], speaks: 'http', chains: { in: CHAIN_IN, nat: CHAIN_NAT } }
  const helper = await engine.standHelper({
    project: project.name,
    image: HELPER_IMAGE,
    program: await moduleProgram('proxy/proxy-main.ts', settings, 8),
    capabilities: ['NET_ADMIN'],
    pidMode: 'own',
    networkOf: target.id,
    memoryBytes: 256 * 1024 * 1024,
  })
  await helper.ask('begin')
  await expect(helper.ask('stand on your head')).rejects.toThrow('it knows no `stand`')
  await expect.poll(() => whatIsOurs(engine, target), { timeout: 30_000 }).toBe('')
  await expect(helper.ask('show')).rejects.toThrow('the helper has ended')
  await helper.disarm()
})
