import { expect, test } from 'vitest'
import { type ClientFacts, clientHeaders, upstreamHeaders, valuesOf } from './headers.ts'

const FACTS: ClientFacts = {
  host: 'shop.example',
  address: '10.1.2.3',
  framing: 'none',
  method: 'GET',
  expects: 'nothing',
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
  const names = upstreamHeaders(raw, FACTS).filter((_, index) => index % 2 === 0)
  expect(names).toEqual(['Host', 'Accept', 'X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'Via'])
})

test('Connection cannot name away what says where a body ends or who asks', () => {
  const raw = [
    'Host',
    'a',
    'Connection',
    'content-length, authorization',
    'Content-Length',
    '3',
    'Authorization',
    'x',
  ]
  const sent = upstreamHeaders(raw, { ...FACTS, framing: 'length', method: 'POST' })
  expect(valuesOf(sent, 'content-length')).toEqual(['3'])
  expect(valuesOf(sent, 'authorization')).toEqual(['x'])
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
  const sent = upstreamHeaders(raw, FACTS)
  expect(valuesOf(sent, 'x-forwarded-for')).toEqual(['1.1.1.1, 10.1.2.3'])
  expect(valuesOf(sent, 'x-forwarded-proto')).toEqual(['http'])
  expect(valuesOf(sent, 'via')).toEqual(['1.1 first, 1.1 zonefall-lb'])
  expect(valuesOf(sent, 'host')).toEqual(['shop.example'])
})

test('repeated headers stay repeated, in their order', () => {
  const sent = clientHeaders(['Set-Cookie', 'a=1', 'X', 'y', 'Set-Cookie', 'b=2', 'Connection', 'close'], 200)
  expect(valuesOf(sent, 'set-cookie')).toEqual(['a=1', 'b=2'])
  expect(valuesOf(sent, 'connection')).toEqual([])
})

test('a POST without a body says so, a 204 has no length', () => {
  expect(valuesOf(upstreamHeaders(['Host', 'a'], { ...FACTS, method: 'POST' }), 'content-length')).toEqual([
    '0',
  ])
  expect(valuesOf(clientHeaders(['Content-Length', '5'], 204), 'content-length')).toEqual([])
})
