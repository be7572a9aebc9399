import { expect, test } from 'vitest'
import { readConfig } from './read-config.ts'

test('reads the environment, with its defaults', () => {
  expect(readConfig({ NAME: 'app-a', ZONE: 'zone-a' })).toEqual({
    ok: { name: 'app-a', zone: 'zone-a', port: 8080, drainMs: 1_500 },
  })
  expect(readConfig({ NAME: 'app-a', ZONE: 'zone-a', PORT: '81', DRAIN_MS: '0' })).toMatchObject({
    ok: { port: 81, drainMs: 0 },
  })
})

test.each([
  [{}, 'app: bad environment: NAME is not set; ZONE is not set'],
  [{ NAME: 'a', ZONE: '' }, 'ZONE="" must be a short name such as app-a'],
  [{ NAME: 'a', ZONE: 'z', PORT: '70000' }, 'PORT="70000"'],
  [{ NAME: 'a', ZONE: 'z', DRAIN_MS: '-1' }, 'DRAIN_MS="-1" must be a whole number'],
])('%o is refused in one line', (env, line) => {
  expect(readConfig(env)).toEqual({ wrong: expect.stringContaining(line) })
})
