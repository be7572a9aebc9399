import { expect, test } from 'vitest'
import { connectEngine } from '../docker/engine.ts'
import { createThrowawayProject } from '../docker/testing/throwaway-project.ts'
import { pause } from './pause.ts'
import { restart } from './restart.ts'
import { stop } from './stop.ts'

const { signal } = new AbortController()

test('a stopped container ends by its own signal, stays down though its policy says always, and heals', async () => {
  await using project = createThrowawayProject()
  const [engine, target] = await Promise.all([connectEngine(), project.sleeper('web', 'always')])
  const fault = await stop.arm(target, engine, {})
  await fault.inject()
  // 143: by SIGTERM, within its grace period
  expect(await fault.verify(signal)).toEqual({ ok: true, detail: 'exited, exit code 143' })
  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
})

test('a container that will not end is killed when the time given is over', async () => {
  await using project = createThrowawayProject()
  const command = ['/bin/sh', '-c', 'trap "" TERM; while :; do sleep 1; done']
  const [engine, target] = await Promise.all([connectEngine(), project.start('web', { command })])
  const fault = await stop.arm(target, engine, { timeoutSeconds: 1 })
  const askedMs = performance.now()
  await fault.inject()
  expect(performance.now() - askedMs).toBeGreaterThan(900)
  expect(await fault.verify(signal)).toEqual({ ok: true, detail: 'exited, exit code 137' })
})

test('a paused container is frozen until it is healed; undoing twice is no error', async () => {
  await using project = createThrowawayProject()
  const [engine, target] = await Promise.all([connectEngine(), project.sleeper('web')])
  const fault = await pause.arm(target, engine, {})
  await fault.inject()
  expect(await fault.verify(signal)).toEqual({ ok: true, detail: 'paused' })
  const before = await engine.containers.inspect(target.id)
  await fault.heal()
  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  const after = await engine.containers.inspect(target.id)
  expect([after.pid, after.startedNs]).toEqual([before.pid, before.startedNs])
})

test('a restarted container is another process of the same container', async () => {
  await using project = createThrowawayProject()
  const [engine, target] = await Promise.all([connectEngine(), project.sleeper('web')])
  const before = await engine.containers.inspect(target.id)
  const fault = await restart.arm(target, engine, { timeoutSeconds: 1 })
  await fault.inject()
  expect(await fault.verify(signal)).toEqual({ ok: true, detail: 'running, started anew' })
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  expect((await engine.containers.inspect(target.id)).pid).not.toBe(before.pid)
})
