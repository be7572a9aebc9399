import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { createThrowawayProject, type ThrowawayProject } from '../docker/testing/throwaway-project.ts'
import { docker } from '../testing/docker.ts'
import type { ArmedFault, FaultTarget } from './fault.ts'
import { httpCutOff } from './http-cut-off.ts'
import { httpDelay } from './http-delay.ts'
import { httpStatus } from './http-status.ts'
import { clearNetwork, whatIsOurs } from './network/clear.ts'

const { signal } = new AbortController()

const SERVER = `
  let asked = 0
  require('http').createServer((q, s) => {
    asked += 1
    s.setHeader('asked', asked)
    q.resume().on('end', () => { s.write(q.method); s.end(' ' + q.url) })
  }).listen(8080)`

/** Asks one thing after another on one connection, and says what became of each. */
const CLIENT = `
  const http = require('http')
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const ask = text => new Promise(done => {
    const start = performance.now()
    const [method, path] = text.split(' ')
    const end = (status, body, error) => done({ asked: text, status, body, error, ms: performance.now() - start })
    const request = http.request({ host: 'web', port: 8080, method, path, agent, headers: { 'content-length': 0 } }, answer => {
      let body = ''
      answer.on('data', bytes => { body += bytes }).on('end', () => end(answer.statusCode, body)).on('error', error => end(answer.statusCode, body, error.code))
    })
    request.on('error', error => end(0, '', error.code)).end()
  })
  const all = async () => {
    const said = []
    for (const text of process.argv.slice(1)) said.push(await ask(text))
    console.log(JSON.stringify(said))
    process.exit()
  }
  all()`

interface Said {
  readonly status: number
  readonly body: string
  readonly error?: string
  readonly ms: number
}

let engine: Engine
let project: ThrowawayProject
let target: FaultTarget
let client: string

beforeAll(async () => {
  engine = await connectEngine()
  project = createThrowawayProject()
  target = await project.start('web', { command: ['node', '-e', SERVER], network: 'own' })
  client = (await project.start('client', { command: ['sleep', '600'], network: 'own' })).name
  while ((await ask('GET /')).some(({ error }) => error)); // until it listens
})
afterAll(() => project[Symbol.asyncDispose]())

async function ask(...requests: readonly string[]): Promise<Said[]> {
  return JSON.parse(await docker('exec', client, 'node', '-e', CLIENT, ...requests))
}

const answered = (body: string) => ({ status: 200, body })
const SOUND = [answered('GET /a'), answered('POST /b')]

/** Armed it changes nothing, healed neither, and nothing is left. */
async function tried(fault: ArmedFault, doneTo: string, during: () => Promise<void>): Promise<void> {
  try {
    expect(await ask('GET /a', 'POST /b')).toMatchObject(SOUND)
    await fault.inject()
    await during()
    await fault.heal()
    expect(await fault.verifyHealed(signal)).toEqual({
      ok: true,
      detail: `the proxy passes all on as it comes; it was done to ${doneTo} requests`,
    })
    expect(await ask('GET /a', 'POST /b')).toMatchObject(SOUND)
  } finally {
    await fault.disarm()
  }
  expect(await whatIsOurs(engine, target)).toBe('')
  expect(await ask('GET /a', 'POST /b')).toMatchObject(SOUND)
}

test('status: for a path, but not for one below it, on a connection that stays', async () => {
  const parameters = httpStatus.parameters.parse({ status: 502, path: '/api', except: '/api/well' })
  const fault = await httpStatus.arm(target, engine, parameters)
  await tried(fault, '2 of 4', async () => {
    expect(await fault.verify(signal)).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/^http-status by a proxy before port 8080/),
    })
    const bad = { status: 502, body: '502 Bad Gateway\n' }
    expect(await ask('GET /api?x', 'GET /b', 'DELETE /api/c', 'GET /api/well')).toMatchObject([
      bad,
      answered('GET /b'),
      bad,
      answered('GET /api/well'),
    ])
  })
})

test('delay: by method', async () => {
  const fault = await httpDelay.arm(
    target,
    engine,
    httpDelay.parameters.parse({ delayMs: 800, method: 'POST' }),
  )
  await tried(fault, '1 of 3', async () => {
    expect(await fault.verify(signal)).toMatchObject({ ok: true })
    const said = await ask('GET /a', 'POST /b', 'GET /c')
    expect(said).toMatchObject([...SOUND, answered('GET /c')])
    expect(said[1]?.ms).toBeGreaterThan(790)
  })
})

test('body cut off, by pattern: the head is whole, the body is not, and the connection ends', async () => {
  const fault = await httpCutOff.arm(
    target,
    engine,
    httpCutOff.parameters.parse({ keepBytes: 5, path: '*.json' }),
  )
  await tried(fault, '1 of 2', async () => {
    expect(await fault.verify(signal)).toMatchObject({ ok: true })
    expect(await ask('GET /x.json', 'GET /x.jsonl')).toMatchObject([
      { status: 200, body: 'GET /', error: 'ECONNRESET' },
      answered('GET /x.jsonl'),
    ])
  })
})

test('a share of them; rules that somebody takes away are missed', async () => {
  const fault = await httpStatus.arm(target, engine, httpStatus.parameters.parse({ share: 0.5 }))
  await fault.inject()
  const said = await ask(...Array.from({ length: 200 }, (_, number) => `GET /${number}`))
  const bad = said.filter(({ status }) => status === 503).length
  // Seven standard deviations.
  expect(Math.abs(bad - 100)).toBeLessThan(50)
  expect(said.filter(({ status }) => status === 200)).toHaveLength(200 - bad)
  expect((await fault.verifyHealed(signal)).ok).toBe(false)
  expect((await fault.verify(signal)).ok).toBe(true)
  await clearNetwork(engine, target)
  expect(await fault.verify(signal)).toEqual({
    ok: false,
    detail: 'http-status by a proxy before port 8080, which nothing leads to',
  })
  await fault.disarm()
  expect(await ask('GET /a', 'POST /b')).toMatchObject(SOUND)
})
