import { expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { createThrowawayProject } from '../docker/testing/throwaway-project.ts'
import { oom } from './oom.ts'

const { signal } = new AbortController()
const MEBIBYTE = 1024 * 1024
const HELD_BYTES = 20e6
const command = [
  'node',
  '-e',
  `globalThis.held = Buffer.alloc(${HELD_BYTES}, 1); setInterval(() => held[0]++, 100)`,
]

/** It has started in earnest: a process that is still growing may be refused its new limit. */
const holdsIt = (engine: Engine, id: string) =>
  expect
    .poll(async () => (await engine.containers.memory(id)).heldBytes, { interval: 50, timeout: 10_000 })
    .toBeGreaterThan(HELD_BYTES)

test('the kernel kills it for want of memory; its policy restarts it with the limit that it had', async () => {
  await using project = createThrowawayProject()
  const engine = await connectEngine()
  const more = { HostConfig: { Memory: 256 * MEBIBYTE, MemorySwap: 256 * MEBIBYTE } }
  const target = await project.start('web', { command, restart: 'always', more })
  await holdsIt(engine, target.id)
  const fault = await oom.arm(target, engine, {})
  await fault.inject()
  expect(await fault.verify(signal)).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/^OOMKilled, RestartCount 0 → 1/),
  })
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  expect((await engine.containers.memory(target.id)).limits).toEqual({
    memory: 256 * MEBIBYTE,
    withSwap: 256 * MEBIBYTE,
  })
  await fault.heal()
  await fault.disarm()
  expect((await engine.surveyProject(project.name)).helpers).toEqual([])
})

test('one without a policy stays down until it is healed', async () => {
  await using project = createThrowawayProject()
  const [engine, target] = await Promise.all([connectEngine(), project.start('web', { command })])
  await holdsIt(engine, target.id)
  const fault = await oom.arm(target, engine, {})
  await fault.inject()
  expect(await fault.verify(signal)).toMatchObject({ ok: true })
  expect(await engine.containers.inspect(target.id)).toMatchObject({ status: 'exited', exitCode: 137 })
  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  await fault.disarm()
})
