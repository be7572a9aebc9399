import { expect, test } from 'vitest'
import { forwardedElement, type Hop, isForwarded } from './forwarded.ts'

const HOP: Hop = {
  address: '10.1.2.3',
  host: 'shop.example',
  socket: { remotePort: 4_711, localAddress: '::ffff:10.1.0.1', localPort: 8_080 },
}

test('the parameters, in their order', () => {
  expect(forwardedElement(['for', 'proto', 'host'], HOP)).toBe('for=10.1.2.3;proto=http;host=shop.example')
  expect(forwardedElement(['by', 'for-port'], HOP)).toBe('by=10.1.0.1;for="10.1.2.3:4711"')
  expect(forwardedElement(['by-port'], HOP)).toBe('by="10.1.0.1:8080"')
})

test('what is no token is quoted: a port, IPv6, and what a client calls a host', () => {
  const odd = { ...HOP, address: '2001:db8::1', host: 'a";for=1.1.1.1\\' }
  expect(forwardedElement(['for', 'host'], odd)).toBe('for="[2001:db8::1]";host="a\\";for=1.1.1.1\\\\"')
  expect(forwardedElement(['for-port'], odd)).toBe('for="[2001:db8::1]:4711"')
  expect(forwardedElement(['host'], { ...HOP, host: 'shop.example:8080' })).toBe('host="shop.example:8080"')
})

test('a connection that is gone already has no ends', () => {
  const gone = { ...HOP, address: 'unknown', socket: {} }
  expect(forwardedElement(['for-port', 'by-port'], gone)).toBe('for=unknown;by=unknown')
})

test.each([
  'for=192.0.2.43',
  'for="_gazonk"',
  'For="[2001:db8:cafe::17]:4711"',
  'for=192.0.2.60;proto=http;by=203.0.113.43',
  'for=192.0.2.43, for=198.51.100.17;host="a\\"b"',
])('%s can be continued (RFC 7239 4)', value => expect(isForwarded(value)).toBe(true))

test.each(['for="1.1.1.1', 'for', 'for = 1.1.1.1', 'for=[::1]', 'for="a"b', 'for=1.1.1.1 x'])(
  '%s cannot',
  value => expect(isForwarded(value)).toBe(false),
)

test('a value as long as a head may be is read in a time that does not grow out of hand', () => {
  const before = performance.now()
  isForwarded(`${'for="a";'.repeat(2_000)}"`)
  isForwarded(`${';,'.repeat(8_000)}"`)
  isForwarded(`for="${'\\"'.repeat(8_000)}`)
  isForwarded(`a=b${' '.repeat(8_000)},${' '.repeat(8_000)}"`)
  isForwarded(`${'a=b , '.repeat(2_000)}"`)
  expect(performance.now() - before).toBeLessThan(2_000)
})
