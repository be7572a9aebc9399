import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { createThrowawayProject, type ThrowawayProject } from '../docker/testing/throwaway-project.ts'
import { dnsDelay } from './dns-delay.ts'
import { dnsFailure } from './dns-failure.ts'
import { dnsWrongAnswer } from './dns-wrong-answer.ts'
import type { ArmedFault, FaultTarget } from './fault.ts'
import { whatIsOurs } from './network/clear.ts'

const { signal } = new AbortController()

/**
 * Looks up what it is told, inside the target: by the C library as most programs do, from one UDP port again and
 * again as resolvers of their own do, or by TCP.
 */
const ASKER = `
  const dns = require('dns'), net = require('net')
  const query = name => Buffer.concat([Buffer.from('000701000001000000000000', 'hex'), Buffer.from([name.length]), Buffer.from(name), Buffer.from([0, 0, 1, 0, 1])])
  const read = answer => {
    const code = answer[3] & 15
    return code ? 'code ' + code : answer.readUInt16BE(6) === 0 ? 'nothing' : [...answer.subarray(-4)].join('.')
  }
  const port = require('dgram').createSocket('udp4')
  const ways = {
    library: (name, done) => dns.lookup(name, { family: 4 }, (error, address) => done(error ? error.code : address)),
    both: (name, done) => dns.lookup(name, { all: true }, (error, found) => done(error ? error.code : found.map(one => one.address).join())),
    impatient: (name, done) => new dns.Resolver({ timeout: 300, tries: 1 }).resolve4(name, (error, found) => done(error ? error.code : found.join())),
    udp: (name, done) => { port.once('message', answer => done(read(answer))); port.send(query(name), 53, '127.0.0.11') },
    tcp: (name, done) => {
      const text = query(name)
      const socket = net.connect(53, '127.0.0.11', () => { socket.write(Buffer.concat([Buffer.from([0, text.length]), text])) })
      socket.once('data', answer => { done(read(answer.subarray(2))); socket.destroy() }).on('error', error => done(error.code))
    },
    reach: (address, done) => {
      const socket = net.connect({ host: address, port: 8080, timeout: 1000 }, () => { done('reached'); socket.destroy() })
      socket.on('error', error => done(error.code)).on('timeout', () => { done('nobody'); socket.destroy() })
    },
  }
  require('readline').createInterface({ input: process.stdin }).on('line', line => {
    const [way, name] = line.split(' ')
    const start = performance.now()
    ways[way](name, found => console.log(JSON.stringify({ found, ms: performance.now() - start })))
  })`

let engine: Engine
let project: ThrowawayProject
let target: FaultTarget
let asker: ChildProcessWithoutNullStreams
let said: AsyncIterator<string>
let address: string

beforeAll(async () => {
  engine = await connectEngine()
  project = createThrowawayProject()
  const listening = ['node', '-e', "require('net').createServer().listen(8080)"]
  const other = await project.start('other', { command: listening, network: 'own' })
  const { name, ...rest } = await project.start('web', { command: ['sleep', '600'], network: 'own' })
  const reference = { id: other.id, name: other.name, service: 'other', zone: null, tier: null }
  target = { ...rest, name, system: [reference] }
  address = (await engine.containers.inspect(other.id)).addresses[0] ?? ''
  asker = spawn('docker', ['exec', '-i', name, 'node', '-e', ASKER])
  asker.stderr.pipe(process.stderr)
  said = createInterface({ input: asker.stdout })[Symbol.asyncIterator]()
})
afterAll(async () => {
  asker.kill()
  if (asker.exitCode === null && asker.signalCode === null) await once(asker, 'close')
  await project[Symbol.asyncDispose]()
})

type Way = 'library' | 'both' | 'impatient' | 'udp' | 'tcp' | 'reach'

async function ask(way: Way, name: string): Promise<{ found: string; ms: number }> {
  asker.stdin.write(`${way} ${name}\n`)
  const { value, done } = await said.next()
  if (done) throw new Error('the asker has ended')
  return JSON.parse(value)
}

async function found(name: string): Promise<string[]> {
  return [(await ask('library', name)).found, (await ask('udp', name)).found, (await ask('tcp', name)).found]
}

const right = () => [address, address, address]

/** Armed it changes nothing, healed neither, and nothing is left. */
async function tried(fault: ArmedFault, during: () => Promise<void>): Promise<void> {
  try {
    expect(await found('other')).toEqual(right())
    await fault.inject()
    await during()
    await fault.heal()
    expect(await fault.verifyHealed(signal)).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/it was done to [1-9]\d* of \d+ lookups/),
    })
    expect(await found('other')).toEqual(right())
  } finally {
    await fault.disarm()
  }
  expect(await whatIsOurs(engine, target)).toBe('')
  // The same port as before: what the kernel remembers of its way is forgotten.
  expect(await found('other')).toEqual(right())
}

test('failure: whatever way it is asked, for the names that the pattern has', async () => {
  expect(await found('other')).toEqual(right())
  const fault = await dnsFailure.arm(target, engine, { answer: 'SERVFAIL', names: 'o*' })
  await tried(fault, async () => {
    expect(await fault.verify(signal)).toEqual({
      ok: true,
      detail:
        'dns-failure by a name server before 127.0.0.11; in its network, a lookup of `oz` was answered with SERVFAIL',
    })
    expect(await found('OTHER')).toEqual(['EAI_AGAIN', 'code 2', 'code 2'])
    expect((await ask('library', 'web')).found).not.toBe('EAI_AGAIN')
  })
})

test('no such name', async () => {
  const fault = await dnsFailure.arm(target, engine, { answer: 'NXDOMAIN', names: '*' })
  await tried(fault, async () => {
    expect(await fault.verify(signal)).toMatchObject({ ok: true })
    expect(await found('other')).toEqual(['ENOTFOUND', 'code 3', 'code 3'])
  })
})

test('late', async () => {
  const fault = await dnsDelay.arm(target, engine, { delayMs: 700, names: '*' })
  await tried(fault, async () => {
    expect(await fault.verify(signal)).toMatchObject({ ok: true, detail: expect.stringContaining('is late') })
    for (const way of ['library', 'udp', 'tcp'] as const) {
      const { found, ms } = await ask(way, 'other')
      expect(found).toBe(address)
      expect(ms).toBeGreaterThan(690)
    }
  })
})

test('never: the query is swallowed', async () => {
  const fault = await dnsFailure.arm(target, engine, { answer: 'none', names: '*' })
  await tried(fault, async () => {
    expect(await fault.verify(signal)).toMatchObject({
      ok: true,
      detail: expect.stringContaining('is not answered'),
    })
    expect((await ask('impatient', 'other')).found).toBe('ETIMEOUT')
  })
})

test('a wrong address: one where nobody is, and nothing leaves for it', async () => {
  const fault = await dnsWrongAnswer.arm(target, engine, { address: '192.0.2.9', names: '*' })
  expect(await whatIsOurs(engine, target)).toContain('-A ZONEFALL-OUT -d 192.0.2.9/32 -j DROP')
  await tried(fault, async () => {
    expect(await fault.verify(signal)).toMatchObject({
      ok: true,
      detail: expect.stringContaining('answered with 192.0.2.9'),
    })
    expect(await found('other')).toEqual(['192.0.2.9', '192.0.2.9', '192.0.2.9'])
    expect((await ask('both', 'other')).found).toBe('192.0.2.9')
  })
})

test('a wrong address: another container’s', async () => {
  const parameters = dnsWrongAnswer.parameters.parse({ to: { service: 'other' }, names: 'db' })
  const fault = await dnsWrongAnswer.arm(target, engine, parameters)
  await tried(fault, async () => {
    expect(await fault.verify(signal)).toMatchObject({ ok: true })
    expect(await found('db')).toEqual(right())
    expect((await ask('reach', address)).found).toBe('reached')
  })
})

test('a helper that is killed: another one heals it', async () => {
  const fault = await dnsFailure.arm(target, engine, { answer: 'SERVFAIL', names: '*' })
  await fault.inject()
  const helper = fault.undo.find(({ kind }) => kind === 'remove-container')
  await engine.containers.remove(helper && 'id' in helper ? helper.id : '')
  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  expect(await found('other')).toEqual(right())
  await fault.disarm()
})
