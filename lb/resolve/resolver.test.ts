import { expect, test } from 'vitest'
import { startNameServer } from '../testing/name-server.ts'
import { Resolver } from './resolver.ts'

test('asks anew each time, whatever the time to live', async () => {
  await using names = await startNameServer('127.0.0.1')
  const resolver = new Resolver({ nameservers: [names.address], timeoutMs: 2_000 })
  expect(await resolver.resolve('gateway-a')).toEqual({ kind: 'found', addresses: ['127.0.0.1'] })
  names.answer = '127.0.0.2'
  expect(await resolver.resolve('gateway-a')).toEqual({ kind: 'found', addresses: ['127.0.0.2'] })
  names.answer = null
  expect(await resolver.resolve('gateway-a')).toEqual({ kind: 'not-found' })
  expect(names.queries).toHaveLength(3)
})

test('a name server that does not answer is not a name that does not exist', async () => {
  await using names = await startNameServer(undefined)
  const resolver = new Resolver({ nameservers: [names.address], timeoutMs: 50 })
  expect(await resolver.resolve('gateway-a')).toMatchObject({ kind: 'unknown' })
})

test('addresses and localhost need no name server', async () => {
  const resolver = new Resolver({ nameservers: ['127.0.0.1:1'], timeoutMs: 50 })
  expect(await resolver.resolve('10.1.2.3')).toEqual({ kind: 'found', addresses: ['10.1.2.3'] })
  expect(await resolver.resolve('localhost')).toEqual({ kind: 'found', addresses: ['127.0.0.1'] })
})
