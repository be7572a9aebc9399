import { expect, test } from 'vitest'
import { connectEngine } from '../../docker/engine.ts'
import { createThrowawayProject } from '../../docker/testing/throwaway-project.ts'
import { whatIsOurs } from './clear.ts'
import { cutScript } from './cut-script.ts'
import { HELPER_IMAGE } from './names.ts'
import { scriptProgram } from './script-program.ts'

const inject = cutScript({ addresses: 'everything', direction: 'both', how: 'drop' })

test('a helper that nobody heals expires, and takes its rules along', async () => {
  await using project = createThrowawayProject()
  const [engine, target] = await Promise.all([connectEngine(), project.sleeper('web')])
  const helper = await engine.standHelper({
    project: project.name,
    image: HELPER_IMAGE,
    program: scriptProgram(inject, 3),
    capabilities: ['NET_ADMIN'],
    pidMode: 'own',
    networkOf: target.id,
  })
  await helper.ask('inject')
  expect(await helper.ask('show')).toContain('-A INPUT -j ZONEFALL-IN')
  await expect.poll(() => whatIsOurs(engine, target), { timeout: 10_000 }).toBe('')
  await expect(helper.ask('show')).rejects.toThrow('the helper has ended')
  await helper.disarm()
})

test('what a helper cannot do it says', async () => {
  await using project = createThrowawayProject()
  const [engine, target] = await Promise.all([connectEngine(), project.sleeper('web')])
  const helper = await engine.standHelper({
    project: project.name,
    image: HELPER_IMAGE,
    program: scriptProgram('echo first; ls /nowhere; echo never'),
    capabilities: [],
    pidMode: 'own',
    networkOf: target.id,
  })
  await expect(helper.ask('inject')).rejects.toThrow(/the helper says 2: first\n.*nowhere/)
  await helper.disarm()
})
