import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { CHECKS } from '../doctor/catalogue.ts'
import type { CheckResult } from '../doctor/run-checks.ts'
import { ownState, startZonefall, zonefall } from '../testing/zonefall-process.ts'

const LIMIT_MS = 5000

function findingsIn(stdout: string): Map<string, CheckResult> {
  const document = JSON.parse(stdout) as { schema: number; checks: CheckResult[] }
  expect(document.schema).toBe(1)
  expect(document.checks.map(({ name }) => name)).toEqual(CHECKS.map(({ name }) => name))
  return new Map(document.checks.map(result => [result.name, result]))
}

/** A doctor whose containers are being tried at this moment. */
async function startDoctor() {
  const env = await ownState()
  // Key only: the value, its project, is not known before it has begun; its journal shows that it is this one's.
  const filters = ['--filter', 'label=zonefall.helper-of', '--filter', 'event=start']
  const format = '{{index .Actor.Attributes "zonefall.helper-of"}}'
  const events = spawn('docker', ['events', ...filters, '--format', format], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const { child, exited } = startZonefall(['doctor'], env)
  for await (const project of createInterface({ input: events.stdout })) {
    if (!existsSync(join(env.ZONEFALL_STATE_DIR, `${project}.undo`))) continue
    events.kill()
    return { child, exited, env, project }
  }
  throw new Error('the engine told of no container')
}

function containersOf(project: string): string {
  const filter = `label=zonefall.helper-of=${project}`
  return execFileSync('docker', ['ps', '-aq', '--filter', filter], { encoding: 'utf8' })
}

test('looks at everything within 5 s, tries helpers for real and leaves nothing', async () => {
  const started = performance.now()
  const env = await ownState()
  const { code, stdout, stderr } = await zonefall(['doctor', '--json'], env)
  expect(performance.now() - started).toBeLessThan(LIMIT_MS)
  expect(stderr).toBe('')
  const findings = findingsIn(stdout)
  expect([...findings.values()].filter(({ status }) => status === 'broken')).toEqual([])
  expect(code).toBe(0)
  // What set-up promises on any machine; netem is the kernel's to have or not.
  for (const name of [
    'engine',
    'images',
    'process helper',
    'network helper',
    'iptables',
    'statistic match',
    'tbf',
  ])
    expect(findings.get(name)).toMatchObject({ status: 'fine' })
  const netem = findings.get('netem')
  expect(netem?.status === 'fine' || netem?.advice).toBeTruthy()
  expect(await readdir(env.ZONEFALL_STATE_DIR)).toEqual([])
})

test('for people: a line a check, no colour where there is no terminal', async () => {
  const { code, stdout } = await zonefall(['doctor'], await ownState())
  const lines = stdout.trimEnd().split('\n')
  expect(code).toBe(0)
  expect(stdout).not.toContain('\u001b[')
  expect(lines.filter(line => /^(fine|limited|broken) +\S/.test(line)).length).toBe(CHECKS.length)
  expect(lines.at(-1)).toMatch(/^\d+ fine, \d+ limited, 0 broken$/)
})

test('no engine: exit 4, one line says what to do, the engine’s checks say that they could not look', async () => {
  const env = { ...(await ownState()), DOCKER_HOST: 'unix:///nowhere/docker.sock' }
  const { code, stdout, stderr } = await zonefall(['doctor', '--json'], env)
  expect(code).toBe(4)
  expect(stderr).toBe('')
  const findings = findingsIn(stdout)
  expect(findings.get('engine')).toMatchObject({
    status: 'broken',
    detail: expect.stringContaining('unix:///nowhere/docker.sock: No Docker engine answers'),
    advice: expect.stringContaining('Start Docker'),
  })
  expect(findings.get('netem')?.detail).toBe('Not looked at: no Docker engine answers.')
  const broken = [...findings.values()].filter(({ status }) => status === 'broken')
  expect(broken.filter(({ advice }) => advice !== null).map(({ name }) => name)).toEqual(['engine'])
})

test('an engine that takes the connection and says nothing: the same, within 5 s', async () => {
  const socket = join(await mkdtemp(join(tmpdir(), 'zonefall-test-')), 'engine.sock')
  const silent = createServer(() => undefined).listen(socket)
  try {
    const started = performance.now()
    const env = { ...(await ownState()), DOCKER_HOST: `unix://${socket}` }
    const { code, stdout } = await zonefall(['doctor', '--json'], env)
    expect(performance.now() - started).toBeLessThan(LIMIT_MS)
    expect(code).toBe(4)
    expect(findingsIn(stdout).get('engine')?.detail).toContain(
      'No Docker engine answers: it says nothing for 1.5 s.',
    )
  } finally {
    silent.close()
  }
})

test('a port that is taken is named', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  try {
    await once(holder, 'listening')
    const { port } = holder.address() as { port: number }
    const env = { ...(await ownState()), ZONEFALL_PORT: String(port) }
    const { code, stdout } = await zonefall(['doctor', '--json'], env)
    expect(code).toBe(4)
    expect(findingsIn(stdout).get('ports')?.detail).toBe(`127.0.0.1:${port} (ZONEFALL_PORT): taken.`)
  } finally {
    holder.close()
  }
})

test('Ctrl-C while containers are tried leaves none of them', async () => {
  const { child, exited, env, project } = await startDoctor()
  child.kill('SIGINT')
  expect(await exited).toBe(130)
  expect(containersOf(project)).toBe('')
  expect(await readdir(env.ZONEFALL_STATE_DIR)).toEqual([])
})

test('a doctor that was killed: the next one says so, and cleanup mends it', async () => {
  const { child, exited, env, project } = await startDoctor()
  child.kill('SIGKILL')
  expect(await exited).toBeNull()
  const next = await zonefall(['doctor', '--json'], env)
  expect(next.code).toBe(4)
  expect(findingsIn(next.stdout).get('leftovers')).toMatchObject({
    status: 'broken',
    detail: expect.stringContaining(project),
    advice: 'Run `zonefall cleanup`.',
  })
  expect((await zonefall(['cleanup'], env)).code).toBe(0)
  expect(containersOf(project)).toBe('')
  expect((await zonefall(['doctor', '--json'], env)).code).toBe(0)
})
