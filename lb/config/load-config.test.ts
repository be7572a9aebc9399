import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadConfig, parseConfig } from './load-config.ts'

const OURS = new URL('../lb.yml', import.meta.url).pathname
const TEXT = readFileSync(OURS, 'utf8')

test('the reference system’s own file', () => {
  const { backend, frontend, admin } = loadConfig(OURS)
  expect(backend.servers.map(server => server.address.host)).toEqual(['gateway-a', 'gateway-b', 'gateway-c'])
  expect(backend.check).toEqual({
    path: '/readyz',
    inter: 200,
    fastinter: 50,
    timeout: 150,
    rise: 2,
    fall: 2,
  })
  expect(backend.timeouts).toEqual({
    connect: 250,
    server: 10_000,
    keepalive: 30_000,
    tunnel: 3_600_000,
    queue: 500,
  })
  expect(backend['replay-body']).toBe(65_536)
  expect([frontend.bind.port, admin.bind.port]).toEqual([8_080, 9_900])
})

test.each([
  [
    'a setting that does not exist',
    TEXT.replace('retries:', 'retrys:'),
    /lb\.yml:\d+: backend\.retrys: no such setting/,
  ],
  [
    'a number without its unit',
    TEXT.replace('250ms', '250'),
    /lb\.yml:\d+: backend\.timeouts\.connect: write a duration/,
  ],
  ['an unknown algorithm', TEXT.replace('roundrobin', 'fair'), /lb\.yml:8: backend\.balance: .*roundrobin/],
  ['two servers of one name', TEXT.replace('name: gateway-b', 'name: gateway-a'), /lb\.yml:11: .*rename it/],
  ['an address without a port', TEXT.replace('gateway-c:8080', 'gateway-c'), /lb\.yml:12: .*host:port/],
  ['no admin', TEXT.slice(0, TEXT.indexOf('admin:')), /lb\.yml:1: admin: missing/],
  [
    'what http-proxy cannot do',
    TEXT.replace('balance: roundrobin', 'engine: http-proxy'),
    /lb\.yml:17: backend\.retries: engine http-proxy has no such thing; remove it, or write engine: own/,
  ],
  [
    'a Forwarded that says nothing',
    TEXT.replace('name: edge', 'forwarded-parameters: []'),
    /lb\.yml:3: frontend\.forwarded-parameters: name at least one/,
  ],
  [
    'an id where a length should be',
    TEXT.replace('name: edge', 'request-id-header: Content-Length'),
    /lb\.yml:3: frontend\.request-id-header: write the name of a header that means nothing else/,
  ],
  ['not YAML', 'frontend: [', /lb\.yml:1: /],
  ['nothing', '', /lb\.yml:1: frontend: missing/],
])('%s: file, line, what to do', (_, text, message) => {
  expect(() => parseConfig(text, 'lb.yml')).toThrow(message)
})

test('no such file', () => {
  expect(() => loadConfig('/nowhere/lb.yml')).toThrow(
    '/nowhere/lb.yml: cannot be read; give the path of a readable file',
  )
})
