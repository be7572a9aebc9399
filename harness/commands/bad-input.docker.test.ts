import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { createThrowawayProject } from '../docker/testing/throwaway-project.ts'
import { ROW_BYTES } from '../history/sample-row.ts'
import { startEngineRelay } from '../testing/engine-relay.ts'
import { FOREIGN, ownState, SHORT_KILL, startZonefall, zonefall } from '../testing/zonefall-process.ts'

const ON_FOREIGN = ['-f', FOREIGN, '--zone-label', 'example.zone']

let engine: Engine
let env: { ZONEFALL_STATE_DIR: string }
let folder: string
beforeAll(async () => {
  engine = await connectEngine()
})
beforeEach(async () => {
  env = await ownState()
  folder = await mkdtemp(join(tmpdir(), 'zonefall-test-'))
})
// Whatever was refused, nothing is left of it.
afterEach(async () => {
  expect((await readdir(env.ZONEFALL_STATE_DIR)).filter(name => name.endsWith('.undo'))).toEqual([])
  for (const project of ['zonefall-foreign', 'zonefall-bad']) {
    expect(await engine.surveyProject(project)).toEqual({
      containers: [],
      helpers: [],
      networks: [],
      volumes: [],
    })
  }
})

async function composeFile(text: string): Promise<string> {
  const file = join(folder, 'docker-compose.yml')
  await writeFile(file, `name: bad\n${text}`)
  return file
}

test.each([
  [['run', 'gateway-kil'], 2, 'There is no experiment `gateway-kil`. Did you mean `gateway-kill`?'],
  [['run', './nowhere.yaml'], 2, 'There is no experiment file at ./nowhere.yaml.'],
  [['run', '-f', '/nowhere/compose.yml'], 2, 'There is no Compose file at /nowhere/compose.yml.'],
  [
    ['run', ...ON_FOREIGN, '--target', 'tier=edge'],
    2,
    'No container matches tier=edge. There are: proxy-1, web-1-1 (zone=eu-1a)',
  ],
  [['run', ...ON_FOREIGN, '--target', 'teir=edge'], 2, 'Did you mean `tier=…`?'],
  [['run', ...ON_FOREIGN, '--url', 'http://10.1.2.3/'], 2, '10.1.2.3 is not a loopback address.'],
  [['run', '--trials', 'many'], 2, 'It must be a whole number from 1 to 1000.'],
  [['run', '--frobnicate'], 2, "unknown option '--frobnicate'"],
  [['rum'], 2, "unknown command 'rum'"],
  [['analyse', '/nowhere'], 2, '/nowhere cannot be read'],
] as const)('%j', async (args, code, message) => {
  const refused = await zonefall(args, env)
  expect(refused.stderr).toContain(message)
  expect(refused.code).toBe(code)
  expect(refused.stderr).not.toMatch(/\n\s+at /) // no stack for a user's mistake
})

test('a Compose file that Compose rejects: its own complaint', async () => {
  const refused = await zonefall(['run', '-f', await composeFile('services: { web: { imagee: x } }')], env)
  expect(refused.stderr).toMatch(/Compose rejects .*imagee/)
  expect(refused.code).toBe(2)
})

test('a results folder that holds something is not written into', async () => {
  await writeFile(join(folder, 'verdict.json'), '{}')
  const refused = await zonefall(['run', SHORT_KILL, ...ON_FOREIGN, '--out', folder], env)
  expect(refused.stderr).toContain(`${folder} is not empty.`)
  expect(refused.code).toBe(2)
})

test('a published port that is taken is named', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address() as AddressInfo
  const refused = await zonefall(['run', SHORT_KILL, ...ON_FOREIGN, '--out', join(folder, 'run')], {
    ...env,
    FOREIGN_PORT: String(port),
  })
  holder.close()
  expect(refused.stderr).toContain(`127.0.0.1:${port}, which zonefall-foreign publishes, is taken.`)
  expect(refused.code).toBe(4)
})

const SERVICE =
  'image: zonefall/toolbox:1, ports: ["127.0.0.1::80"], labels: { zonefall.tier: gateway }, stop_grace_period: 1s'

test('a container that never turns healthy is shown with its last log lines', async () => {
  const command = '["/bin/sh", "-c", "echo cannot reach the database; sleep 60"]'
  const health = 'healthcheck: { test: [CMD, "false"], interval: 200ms, retries: 2 }'
  const file = await composeFile(`services: { web: { ${SERVICE}, command: ${command}, ${health} } }`)
  const refused = await zonefall(['run', SHORT_KILL, '-f', file, '--out', join(folder, 'run')], env)
  expect(refused.stderr).toContain('zonefall-bad-web-1 is unhealthy')
  expect(refused.stderr).toContain('cannot reach the database')
  expect(refused.code).toBe(4)
})

test('a container that exits is shown with its exit code and its last log lines', async () => {
  const file = await composeFile(
    `services: { web: { ${SERVICE}, command: ["/bin/sh", "-c", "echo no configuration; exit 7"] } }`,
  )
  const refused = await zonefall(['run', SHORT_KILL, '-f', file, '--out', join(folder, 'run')], env)
  expect(refused.stderr).toContain('zonefall-bad-web-1 exited with 7')
  expect(refused.stderr).toContain('no configuration')
  expect(refused.code).toBe(4)
})

test('an image that is nowhere to be had is named', async () => {
  const file = await composeFile(
    'services: { web: { image: "localhost:1/zonefall-no-such:1", ports: ["127.0.0.1::80"], labels: { zonefall.tier: gateway } } }',
  )
  const refused = await zonefall(['run', SHORT_KILL, '-f', file, '--out', join(folder, 'run')], env)
  expect(refused.stderr).toContain('An image of zonefall-bad is not here')
  expect(refused.code).toBe(4)
})

test('a volume that belongs to somebody else is left alone', async () => {
  const volume = `zonefall-test-data-${process.pid}`
  execFileSync('docker', ['volume', 'create', volume])
  try {
    const file = await composeFile(
      `services: { web: { ${SERVICE}, volumes: ["data:/data"] } }\nvolumes: { data: { name: ${volume} } }`,
    )
    const refused = await zonefall(['run', SHORT_KILL, '-f', file, '--out', join(folder, 'run')], env)
    expect(refused.stderr).toContain(`The volume ${volume} is in use outside this run`)
    expect(refused.code).toBe(2)
    expect(await engine.volumeProject(volume)).toBeNull() // it is still there
  } finally {
    execFileSync('docker', ['volume', 'rm', volume])
  }
})

test('a system that is up already is not touched', async () => {
  await using project = createThrowawayProject()
  await project.sleeper('web')
  await writeFile(
    join(folder, 'docker-compose.yml'),
    `name: ${project.name.replace('zonefall-', '')}\nservices: { web: { ${SERVICE} } }`,
  )
  const refused = await zonefall(['run', SHORT_KILL, '-f', join(folder, 'docker-compose.yml')], env)
  expect(refused.stderr).toContain(`${project.name} is there already: containers ${project.name}-web-1.`)
  expect(refused.code).toBe(4)
  expect((await engine.surveyProject(project.name)).containers).toEqual([`${project.name}-web-1`])
})

test('a disk that fills in mid-run: what was written stays, and everything is undone', async () => {
  const small = join(folder, 'small')
  await mkdir(small)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24k', 'tmpfs', small])
  try {
    const refused = await zonefall(['run', SHORT_KILL, ...ON_FOREIGN, '--out', join(small, 'run')], env)
    expect(refused.stderr).toContain('No space left')
    expect(refused.code).toBe(4)
    expect((await stat(join(small, 'run/trial-1/samples.bin'))).size).toBeGreaterThan(32)
    await cp(join(small, 'run'), join(folder, 'kept'), { recursive: true })
    await expectCutShort(join(folder, 'kept'))
  } finally {
    execFileSync('umount', [small])
  }
})

test('an engine that is not there', async () => {
  const refused = await zonefall(['status'], { ...env, DOCKER_HOST: `unix://${folder}/no.sock` })
  expect(refused.stderr).toMatch(/No Docker engine answers/)
  expect(refused.code).toBe(4)
})

test('an engine that stops answering in mid-run and comes back: everything is undone', async () => {
  const socket = join(folder, 'engine.sock')
  let relay = await startEngineRelay(socket)
  const run = startZonefall(['run', SHORT_KILL, ...ON_FOREIGN, '--out', join(folder, 'run')], {
    ...env,
    DOCKER_HOST: `unix://${socket}`,
  })
  await run.until('kill zonefall-foreign-web')
  await relay.stop()
  await run.until('Taking zonefall-foreign down')
  relay = await startEngineRelay(socket)
  expect(await run.exited).toBe(4)
  expect(run.output.stderr).toContain('The Docker engine stopped answering in mid-run.')
  expect((await stat(join(folder, 'run/trial-1/samples.bin'))).size).toBeGreaterThan(100 * ROW_BYTES)
  await relay.stop()
  await expectCutShort(join(folder, 'run'))
})

/** What was recorded until then can be analysed, and says of itself that it proves nothing. */
async function expectCutShort(run: string): Promise<void> {
  const analysed = await zonefall(['analyse', run], env)
  expect(analysed.stderr).toBe('')
  expect(analysed.stdout).toMatch(/verdict +INVALID/)
  expect(analysed.stdout).toContain('The trial was cut short')
  expect(analysed.code).toBe(3)
}
