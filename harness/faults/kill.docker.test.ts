import { expect, test } from 'vitest'
import { connectEngine } from '../docker/engine.ts'
import { createThrowawayProject } from '../docker/testing/throwaway-project.ts'
import { kill } from './kill.ts'

test('a killed container stays down though its restart policy says always, and heals', async () => {
  await using project = createThrowawayProject()
  const [engine, target] = await Promise.all([connectEngine(), project.sleeper('web', 'always')])
  const { signal } = new AbortController()
  const fault = await kill.arm(target, engine, {})

  await fault.inject()
  expect(await fault.verify(signal)).toEqual({ ok: true, detail: 'exited, exit code 137' })
  const down = await engine.containers.inspect(target.id)
  expect(down.restartCount).toBe(0)
  expect(down.finishedNs).toBeGreaterThan(down.startedNs)

  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  await fault.heal() // undoing twice is no error
  await fault.disarm()
})
