import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadRoutes, parseRoutes } from './load-routes.ts'

const SHIPPED = fileURLToPath(new URL('../routes.yml', import.meta.url))

test("the image's own routes: one, open, with every default", () => {
  expect(loadRoutes(SHIPPED)).toEqual({
    ok: {
      trustedProxies: 1,
      shed: { concurrent: 1_500, lag: 150 },
      apiKeyHeader: 'x-api-key',
      consumers: [],
      jwt: [],
      upstreams: {
        apps: {
          bulkhead: { concurrent: 1_000, queued: 100 },
          breaker: { failures: 0.5, window: 10_000, requests: 20, rest: 1_000 },
        },
      },
      routes: [{ name: 'all', path: '/', upstream: 'apps', maxBody: 10_485_760, log: 'failed' }],
    },
  })
})

/** A file that is right, for one line at a time to be made wrong. */
const RIGHT = [
  'upstreams:',
  '  apps:',
  '    servers: [{ name: a, zone: z, address: "a:80" }]',
  '    deadline: 2s',
  '    bulkhead: { concurrent: 5 }',
  '    breaker: { failures: 20% }',
  'consumers:',
  `  - { name: shop, sha256: [${'a'.repeat(64)}] }`,
  'jwt:',
  '  - { name: login, issuer: i, audience: a, algorithms: [ES256], url: "http://keys:1/" }',
  'routes:',
  '  - { name: all, path: /, upstream: apps, auth: [api-key, login] }',
  '  - { name: api, path: /api, upstream: apps, rate: { requests: 5, window: 1m } }',
]

test('a file with all of it is read', () => {
  expect(parseRoutes(RIGHT.join('\n'), 'r.yml')).toHaveProperty('ok')
})

test.each<[line: number, instead: string, told: string]>([
  [
    3,
    '    servers: [{ name: a, zone: z, address: "a" }]',
    'r.yml:3: upstreams.apps.servers.0.address: write host:port, such as app-a:8080',
  ],
  [4, '    deadline: 2', 'r.yml:4: upstreams.apps.deadline: write a duration such as 200ms, 5s or 1m'],
  [4, '    deadlin: 2s', 'r.yml:4: upstreams.apps.deadlin: no such setting; remove it or correct its name'],
  [5, '    bulkhead: { concurrent: 0 }', 'r.yml:5: upstreams.apps.bulkhead.concurrent: write 1 or more'],
  [
    6,
    '    breaker: { failures: 200% }',
    'r.yml:6: upstreams.apps.breaker.failures: write a share from 1% to 99%',
  ],
  [6, '    breaker: maybe', 'r.yml:6: upstreams.apps.breaker: write "off" or a breaker\'s settings'],
  [
    8,
    '  - { name: shop, sha256: [secret] }',
    'r.yml:8: consumers.0.sha256.0: write the SHA-256 of a key, 64 small hexadecimal digits',
  ],
  [
    10,
    '  - { name: login, issuer: i, audience: a, algorithms: [HS256], url: "http://keys:1/" }',
    'r.yml:10: jwt.0.algorithms.0: write a public-key algorithm such as ES256',
  ],
  [
    10,
    '  - { name: login, issuer: i, audience: a, algorithms: [ES256], url: "file:///keys" }',
    'r.yml:10: jwt.0.url: write an http or https URL',
  ],
  [
    10,
    '  - { name: login, issuer: i, audience: a, algorithms: [ES256] }',
    'r.yml:10: jwt.0: write either url or jwks',
  ],
  [
    12,
    '  - { name: all, path: /, upstream: other }',
    'r.yml:12: routes.0.upstream: there is no upstream "other"',
  ],
  [
    12,
    '  - { name: all, path: /, upstream: apps, auth: [guess] }',
    'r.yml:12: routes.0.auth.0: "guess" is neither api-key nor a name in jwt',
  ],
  [12, '  - { path: /, upstream: apps }', 'r.yml:12: routes.0.name: missing; write a short name'],
  [13, '  - { name: all, path: /api, upstream: apps }', 'r.yml:13: routes.1: "all" is there twice'],
  [13, '  - { name: api, path: /, upstream: apps }', 'r.yml:13: routes.1.path: "all" has this path already'],
  [
    13,
    '  - { name: api, path: api/, upstream: apps }',
    'r.yml:13: routes.1.path: write a path such as /api, in small letters',
  ],
  [
    13,
    '  - { name: api, path: /api, upstream: apps, rate: { requests: 5, window: 2h } }',
    'r.yml:13: routes.1.rate.window: write a window from 1s to 1h',
  ],
  [13, '  - { name: api, name: api }', 'r.yml:13: Map keys must be unique'],
])('line %i as "%s" is refused in one line', (line, instead, told) => {
  const text = RIGHT.with(line - 1, instead).join('\n')
  expect(parseRoutes(text, 'r.yml')).toEqual({ wrong: told })
})

test('each fault has a line of its own; a file that is not there is said', () => {
  const text = RIGHT.with(3, '    deadline: 2').with(4, '    bulkhead: { queued: -1 }').join('\n')
  expect(parseRoutes(text, 'r.yml')).toEqual({ wrong: expect.stringMatching(/^r\.yml:4: .*\nr\.yml:5: .*$/) })
  expect(loadRoutes('/nowhere/r.yml')).toEqual({
    wrong: '/nowhere/r.yml: cannot be read (ENOENT); name a readable file',
  })
})
