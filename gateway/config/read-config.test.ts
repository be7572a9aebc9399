import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readConfig } from './read-config.ts'

const ROUTES = fileURLToPath(new URL('../routes.yml', import.meta.url))

const APPS = 'app-a=zone-a@app-a:8080, app-b=zone-b@10.0.0.2:81'

test('reads the environment, with its defaults', () => {
  expect(readConfig({ NAME: 'gateway-a', ZONE: 'zone-a', APPS }, ROUTES)).toEqual({
    ok: {
      name: 'gateway-a',
      zone: 'zone-a',
      port: 8080,
      adminPort: 9_900,
      drainMs: 1_500,
      answerTimeoutMs: 5_000,
      apps: [
        { name: 'app-a', zone: 'zone-a', host: 'app-a', port: 8080 },
        { name: 'app-b', zone: 'zone-b', host: '10.0.0.2', port: 81 },
      ],
      routes: expect.objectContaining({ trustedProxies: 1 }),
    },
  })
})

test.each([
  [{}, 'NAME is not set; ZONE is not set'],
  [{ NAME: 'g', ZONE: 'z' }, 'APPS is not set, and upstream "apps" names no servers'],
  [{ NAME: 'g', ZONE: 'z', APPS, ROUTES_FILE: '/nowhere.yml' }, '/nowhere.yml: cannot be read (ENOENT)'],
  [{ NAME: 'a b', ZONE: 'z', APPS }, 'NAME="a b" must be a short name such as gateway-a'],
  [{ NAME: 'g', ZONE: 'z', APPS, PORT: 'http' }, 'PORT="http" must be a whole number'],
  [{ NAME: 'g', ZONE: 'z', APPS, PORT: '65536' }, 'PORT="65536"'],
  [{ NAME: 'g', ZONE: 'z', APPS, DRAIN_MS: '9000' }, 'DRAIN_MS="9000"'],
  [{ NAME: 'g', ZONE: 'z', APPS: 'app-a@x:1' }, 'APPS: "app-a@x:1" is not name=zone@host:port'],
  [{ NAME: 'g', ZONE: 'z', APPS: 'a=z@x:0' }, 'APPS: "a=z@x:0" is not name=zone@host:port'],
  [{ NAME: 'g', ZONE: 'z', APPS: 'a=z@x:1,a=z@y:1' }, 'APPS: "a" is named twice'],
  [{ NAME: 'g', ZONE: 'z', APPS: '' }, 'APPS: "" is not name=zone@host:port'],
])('%o is refused in one line', (env, line) => {
  const config = readConfig(env, ROUTES)
  expect(config).toEqual({ wrong: expect.stringContaining(line) })
  expect(JSON.stringify(config)).not.toContain('\\n')
})
