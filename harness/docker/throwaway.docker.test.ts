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

test('it tells how it ended and what it printed, and is gone', async () => {
  const api = await connectToDiagnose(10_000)
  const throwaway = await api.startThrowaway({ ...SPEC, script: 'echo printed; exit 7' })
  expect(await throwaway.ended).toEqual({ exitCode: 7, output: 'printed\n' })
  await throwaway[Symbol.asyncDispose]()
  await expect(api.containers.inspect(throwaway.id)).rejects.toThrow('No such container')
})

test('it expires by itself, though it is alone in its pid namespace', async () => {
  const api = await connectToDiagnose(10_000)
  await using throwaway = await api.startThrowaway({ ...SPEC, expiresSeconds: 1 })
  expect(await throwaway.ended).toEqual({ exitCode: 137, output: '' })
})

test('one that runs is removed when it is no longer needed', async () => {
  const api = await connectToDiagnose(10_000)
  const throwaway = await api.startThrowaway(SPEC)
  await throwaway[Symbol.asyncDispose]()
  await expect(api.containers.inspect(throwaway.id)).rejects.toThrow('No such container')
})
