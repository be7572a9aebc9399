import { expect, test } from 'vitest'
import { TrialClock } from '../clock/trial-clock.ts'
import { connectEngine } from '../docker/engine.ts'
import { createThrowawayProject } from '../docker/testing/throwaway-project.ts'
import { referenceOf } from '../plan/resolve-members.ts'
import { docker } from '../testing/docker.ts'
import type { Deed } from './deed.ts'
import { interpret } from './interpret.ts'
import { Hands } from './watch-hands.ts'

const SIGCONT = 18

test('what is done with the docker command is told by the engine, and read as what it is', async () => {
  const engine = await connectEngine()
  await using project = createThrowawayProject()
  const { name } = await project.start('web', { command: ['/bin/sleep', '300'], network: 'own' })
  const containers = await engine.containers.list(project.name)
  const references = containers.map(container => referenceOf(container, { zone: 'z', tier: 't' }))
  const clock = new TrialClock(process.hrtime.bigint())
  clock.boundEngine(await engine.measureClock(3))
  const stop = new AbortController()
  const seen: Deed[] = []
  const onDeed = (deed: Deed) => seen.push(deed)
  const around = { engine, project: project.name, clock, containers, references, onDeed, signal: stop.signal }
  const hands = await Hands.watch(around)
  await using _watching = {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await hands.watching
    },
  }
  // The stream tells nothing of what was before it: it is there once it tells of something.
  const seenAfterCont = async () => {
    await docker('kill', '-s', 'CONT', name)
    return seen.length
  }
  await expect.poll(seenAfterCont, { timeout: 20_000 }).toBeGreaterThan(0)

  await docker('pause', name)
  await docker('unpause', name)
  await docker('network', 'disconnect', project.name, name)
  await docker('network', 'connect', project.name, name)
  await docker('update', '--cpus', '0.5', name)
  await expect.poll(() => seen.at(-1)?.action, { timeout: 20_000 }).toBe('update') // so that its limits are not the next one's
  await docker('update', '--cpus', '1', name)
  await expect
    .poll(() => seen.filter(({ action }) => action === 'update').length, { timeout: 20_000 })
    .toBe(2)
  await docker('restart', name)
  await docker('kill', name)
  await docker('start', name)
  await docker('rm', '-f', name)
  await expect.poll(() => seen.at(-1)?.action, { timeout: 20_000 }).toBe('destroy')

  const deeds = (await hands.deeds()).filter(({ signal }) => signal !== SIGCONT)
  const { strikes, untold } = interpret(deeds, hands.attachments)
  expect(strikes.map(({ kind, ended }) => `${kind}${ended ? '' : ', to the end'}`)).toEqual([
    'pause',
    'cut',
    'cpu-limit',
    'cpu-limit, to the end',
    'restart',
    'kill',
    'remove, to the end',
  ])
  expect(strikes.slice(1, 4).map(({ parameters }) => parameters)).toEqual([{}, { cpus: 0.5 }, { cpus: 1 }])
  expect(untold).toEqual([])
  expect(strikes.every(({ began, ended }) => !ended || began.atUs < ended.atUs)).toBe(true)
})
