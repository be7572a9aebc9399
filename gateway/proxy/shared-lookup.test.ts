import { expect, test } from 'vitest'
import { createSharedLookup } from './shared-lookup.ts'

function lookUp(lookup: ReturnType<typeof createSharedLookup>, host: string, all: 'one' | 'all') {
  return new Promise((resolve, reject) => {
    lookup(host, { all: all === 'all' }, (error, address, family) => {
      if (error) reject(error)
      else resolve(all === 'all' ? address : { address, family })
    })
  })
}

test('finds what the system finds, in both of the shapes that node asks for', async () => {
  const lookup = createSharedLookup({ ttlMs: 1_000, nowMs: () => 0 })
  const all = (await lookUp(lookup, 'localhost', 'all')) as { address: string; family: number }[]
  expect(all.length).toBeGreaterThan(0)
  expect(await lookUp(lookup, 'localhost', 'one')).toEqual(all[0])
})

test('a name that is gone is an error, each time anew', async () => {
  const lookup = createSharedLookup({ ttlMs: 1_000, nowMs: () => 0 })
  for (const _ of [1, 2]) {
    await expect(lookUp(lookup, 'gone.invalid', 'one')).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    })
  }
})
