import { expect, test } from 'vitest'
import { type ClientFacts, clientHeaders, upstreamHeaders, valuesOf } from './headers.ts'
import type { OriginRule, OriginRules } from './origin/origin-rules.ts'
import { requestIdMaker } from './origin/request-id.ts'

const FACTS: ClientFacts = {
  host: 'shop.example',
  address: '10.1.2.3',
  framing: 'none',
  method: 'GET',
  expects: 'nothing',
  socket: { remotePort: 4_711, localAddress: '10.1.0.1', localPort: 8_080 },
  id: undefined,
}
const RULES: OriginRules = {
  forwardFor: 'append',
  forwarded: 'append',
  forwardedParameters: ['for', 'proto', 'host'],
  requestId: undefined,
}

test('hop-by-hop headers stay behind, those that Connection names too', () => {
  const raw = [
    ...['Host', 'shop.example', 'Connection', 'close, X-Secret', 'X-Secret', '1', 'Keep-Alive', 'timeout=5'],
    ...[
      'TE',
      'trailers',
      'Upgrade',
      'h2c',
      'Proxy-Connection',
      'keep-alive',
      'Trailer',
      'X-T',
      'Accept',
      '*/*',
    ],
  ]
  const names = upstreamHeaders(raw, FACTS, RULES).filter((_, index) => index % 2 === 0)
  expect(names).toEqual([
    'Host',
    'Accept',
    'X-Forwarded-For',
    'X-Forwarded-Proto',
    'X-Forwarded-Host',
    'Forwarded',
    'Via',
  ])
})

test('Connection cannot name away what says where a body ends, who asks or that it may be sent again', () => {
  const raw = [
    'Host',
    'a',
    'Connection',
    'content-length, authorization, idempotency-key',
    'Content-Length',
    '3',
    'Authorization',
    'x',
    'Idempotency-Key',
    'one',
  ]
  const sent = upstreamHeaders(raw, { ...FACTS, framing: 'length', method: 'POST' }, RULES)
  expect(valuesOf(sent, 'content-length')).toEqual(['3'])
  expect(valuesOf(sent, 'authorization')).toEqual(['x'])
  expect(valuesOf(sent, 'idempotency-key')).toEqual(['one'])
})

test('the chain of addresses and of proxies is continued, the rest is said by us', () => {
  const raw = [
    'Host',
    'shop.example',
    'X-Forwarded-For',
    '1.1.1.1',
    'X-Forwarded-Proto',
    'https',
    'Via',
    '1.1 first',
  ]
  const sent = upstreamHeaders(raw, FACTS, RULES)
  expect(valuesOf(sent, 'x-forwarded-for')).toEqual(['1.1.1.1, 10.1.2.3'])
  expect(valuesOf(sent, 'x-forwarded-proto')).toEqual(['http'])
  expect(valuesOf(sent, 'via')).toEqual(['1.1 first, 1.1 zonefall-lb'])
  expect(valuesOf(sent, 'host')).toEqual(['shop.example'])
})

test('repeated headers stay repeated, in their order', () => {
  const sent = clientHeaders(
    ['Set-Cookie', 'a=1', 'X', 'y', 'Set-Cookie', 'b=2', 'Connection', 'close'],
    200,
    undefined,
  )
  expect(valuesOf(sent, 'set-cookie')).toEqual(['a=1', 'b=2'])
  expect(valuesOf(sent, 'connection')).toEqual([])
})

test('a POST without a body says so, a 204 has no length', () => {
  expect(
    valuesOf(upstreamHeaders(['Host', 'a'], { ...FACTS, method: 'POST' }, RULES), 'content-length'),
  ).toEqual(['0'])
  expect(valuesOf(clientHeaders(['Content-Length', '5'], 204, undefined), 'content-length')).toEqual([])
})

const SAID = [
  ...['Host', 'shop.example', 'X-Forwarded-For', '1.1.1.1', 'Forwarded', 'for=1.1.1.1;proto=https'],
  ...['X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'outer.example'],
]
const OURS = 'for=10.1.2.3;proto=http;host=shop.example'

test.each<[OriginRule, string[], string[], string[]]>([
  ['append', ['1.1.1.1, 10.1.2.3'], ['http'], [`for=1.1.1.1;proto=https, ${OURS}`]],
  ['set', ['10.1.2.3'], ['http'], [OURS]],
  ['if-none', ['1.1.1.1'], ['https'], ['for=1.1.1.1;proto=https']],
  ['off', ['1.1.1.1'], ['https'], ['for=1.1.1.1;proto=https']],
])('%s: what a client said of the origin', (rule, forwardedFor, proto, forwarded) => {
  const sent = upstreamHeaders(SAID, FACTS, { ...RULES, forwardFor: rule, forwarded: rule })
  expect(valuesOf(sent, 'x-forwarded-for')).toEqual(forwardedFor)
  expect(valuesOf(sent, 'x-forwarded-proto')).toEqual(proto)
  expect(valuesOf(sent, 'forwarded')).toEqual(forwarded)
})

test.each<[OriginRule, string[], string[]]>([
  ['if-none', ['10.1.2.3'], [OURS]],
  ['off', [], []],
])('%s: a client that said nothing', (rule, forwardedFor, forwarded) => {
  const sent = upstreamHeaders(['Host', 'a'], FACTS, { ...RULES, forwardFor: rule, forwarded: rule })
  expect(valuesOf(sent, 'x-forwarded-for')).toEqual(forwardedFor)
  expect(valuesOf(sent, 'forwarded')).toEqual(forwarded)
})

test('a Forwarded that would swallow ours is dropped; Connection names none of them away', () => {
  const open = ['Forwarded', 'for="1.1.1.1', 'Connection', 'forwarded, x-forwarded-for']
  const sent = upstreamHeaders(open, FACTS, RULES)
  expect(valuesOf(sent, 'forwarded')).toEqual([OURS])
  expect(valuesOf(sent, 'x-forwarded-for')).toEqual(['10.1.2.3'])
})

test('a request has one id: ours in the place of the client’s and of the server’s', () => {
  const id = requestIdMaker('X-Request-ID', 'make')([])
  const raw = ['Host', 'a', 'x-request-id', 'theirs']
  expect(valuesOf(upstreamHeaders(raw, { ...FACTS, id }, RULES), 'x-request-id')).toEqual([id.value])
  expect(valuesOf(clientHeaders(raw, 200, id), 'x-request-id')).toEqual([id.value])
  expect(valuesOf(clientHeaders(raw, 200, undefined), 'x-request-id')).toEqual(['theirs'])
})
