import { expect, test } from 'vitest'
import { connectToDiagnose } from './diagnosis.ts'
import type { ThrowawaySpec } from './throwaway.ts'

const SPEC: ThrowawaySpec = {
  image: 'zonefall/toolbox:1',
  script: 'sleep 60',
  capabilities: [],
  pidMode: 'own',
  expiresSeconds: 30,
}

const PATIENCE = { connectMs: 10_000, callMs: 10_000 }

test('it tells how it ended and what it printed, and is gone', async () => {
  await using api = await connectToDiagnose('zonefall-test-throwaway', PATIENCE)
  const throwaway = await api.startThrowaway({ ...SPEC, script: 'echo printed; exit 7' })
  expect(await throwaway.ended).toEqual({ exitCode: 7, output: 'printed\n' })
  await throwaway[Symbol.asyncDispose]()
  await expect(api.containers.inspect(throwaway.id)).rejects.toThrow('No such container')
})

test('it expires by itself, though it is alone in its pid namespace', async () => {
  await using api = await connectToDiagnose('zonefall-test-throwaway', PATIENCE)
  await using throwaway = await api.startThrowaway({ ...SPEC, expiresSeconds: 1 })
  expect(await throwaway.ended).toEqual({ exitCode: 137, output: '' })
})

test('one that is about to start when all is over is removed too, and none is started after that', async () => {
  const api = await connectToDiagnose('zonefall-test-throwaway', PATIENCE)
  const starting = api.startThrowaway(SPEC)
  await api[Symbol.asyncDispose]()
  await expect(api.containers.inspect((await starting).id)).rejects.toThrow('No such container')
  await expect(api.startThrowaway(SPEC)).rejects.toThrow('nothing is tried any more')
})

test('one that runs is removed when it is no longer needed', async () => {
  await using api = await connectToDiagnose('zonefall-test-throwaway', PATIENCE)
  const throwaway = await api.startThrowaway(SPEC)
  await throwaway[Symbol.asyncDispose]()
  await expect(api.containers.inspect(throwaway.id)).rejects.toThrow('No such container')
})
