import { expect, test } from 'vitest'
import { connectEngine } from '../docker/engine.ts'
import { createThrowawayProject } from '../docker/testing/throwaway-project.ts'
import { crash } from './crash.ts'

const { signal } = new AbortController()

test('a crashed container is restarted by its policy, and RestartCount says so', async () => {
  await using project = createThrowawayProject()
  const [engine, target] = await Promise.all([connectEngine(), project.sleeper('web', 'always')])
  const before = await engine.containers.inspect(target.id)
  const fault = await crash.arm(target, engine, {})
  expect((await engine.surveyProject(project.name)).helpers).toHaveLength(1)

  await fault.inject()
  expect(await fault.verify(signal)).toMatchObject({
    ok: true,
    detail: expect.stringContaining('RestartCount 0 → 1'),
  })
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  const after = await engine.containers.inspect(target.id)
  expect(after.restartCount).toBe(1)
  expect(after.startedNs).toBeGreaterThan(before.startedNs)

  await fault.disarm()
  await fault.disarm() // idempotent
  expect((await engine.surveyProject(project.name)).helpers).toEqual([])
})

test('without a restart policy it stays down until it is healed', async () => {
  await using project = createThrowawayProject()
  const [engine, target] = await Promise.all([connectEngine(), project.sleeper('web')])
  const fault = await crash.arm(target, engine, {})
  await fault.inject()
  expect(await fault.verify(signal)).toMatchObject({ ok: true })
  expect(await engine.containers.inspect(target.id)).toMatchObject({ status: 'exited', exitCode: 137 })
  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  await fault.disarm()
})

test('a target that restarted after arming is left alone: its process id may be another’s now', async () => {
  await using project = createThrowawayProject()
  const [engine, target] = await Promise.all([connectEngine(), project.sleeper('web')])
  const fault = await crash.arm(target, engine, {})
  await engine.containers.kill(target.id)
  await engine.containers.start(target.id)
  await expect(fault.inject()).rejects.toThrow('restarted by itself before the fault')
  await fault.disarm()
  expect(await engine.containers.inspect(target.id)).toMatchObject({ status: 'running' })
})
