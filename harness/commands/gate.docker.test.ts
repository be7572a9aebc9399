import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { pause } from '../clock/pause.ts'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import { type GatedSystem, gatedSystem } from '../gate/testing/gated-system.ts'
import { identify, isAlive } from '../state/lock.ts'
import { docker } from '../testing/docker.ts'
import { offspringOf } from '../testing/processes.ts'
import {
  newFolder,
  ownState,
  startZonefall,
  type ZonefallProcess,
  zonefall,
} from '../testing/zonefall-process.ts'

/** Eight trials of 6 s on a machine that has nothing else to do. */
const LIMIT_MS = 300_000

let engine: Engine
beforeAll(async () => {
  engine = await connectEngine()
})

/** A gate with as few trials as there can be, and proof that nothing of it is left. */
async function gate(system: GatedSystem, baseline: string, ...more: string[]) {
  const [env, out] = [await ownState(), await newFolder()]
  const flags = [
    '--trials',
    '4',
    '--seed',
    '2',
    '--instance-header',
    'x-served-by',
    '--out',
    out,
    '--json',
    ...more,
  ]
  const run = await zonefall(
    ['gate', system.experiment, '--baseline', baseline, '-f', system.composeFile, ...flags],
    env,
  )
  await expectNothingLeft(system, env)
  return { ...run, out, verdict: JSON.parse(run.stdout || 'null') }
}

async function expectNothingLeft(system: GatedSystem, env: { ZONEFALL_STATE_DIR: string }): Promise<void> {
  expect(await readdir(env.ZONEFALL_STATE_DIR)).toEqual([])
  expect(isEmpty(await engine.surveyProject(system.project))).toBe(true)
  for (const side of ['base', 'candidate'])
    expect(await engine.hasImage(`zonefall-gate/${system.project}-${side}-proxy:local`)).toBe(false)
}

test('a tree against a copy of itself passes', { timeout: LIMIT_MS }, async () => {
  const system = await gatedSystem('gated-same')
  const { code, verdict, stderr } = await gate(system, await system.copy())
  expect(verdict?.reasons, stderr).toEqual([])
  expect(code).toBe(0)
  expect(verdict).toMatchObject({
    status: 'pass',
    comparison: { finding: 'no regression', metrics: [{ metric: 'lost_ms', trials_each: 4 }] },
  })
})

test('a worse working tree against its last commit fails, and can be judged again from its folder', {
  timeout: LIMIT_MS,
}, async () => {
  const system = await gatedSystem('gated-worse')
  await system.makeWorse()
  const { code, verdict, out, stderr } = await gate(system, 'HEAD')
  expect(verdict?.status, stderr).toBe('fail')
  expect(code).toBe(1)
  expect(verdict.slos).toMatchObject([{ rule: 'lost_ms max < 300', status: 'fail' }])
  expect(verdict.baseline).toMatch(/^HEAD \([0-9a-f]{12}\)$/)
  const [lost] = verdict.comparison.metrics
  expect(lost).toMatchObject({ metric: 'lost_ms', finding: 'suspected', chance: 0.0142857 })
  expect(lost.candidate).toBeGreaterThan(3 * Math.max(10, lost.base))

  const files = ['verdict.json', 'base/verdict.json', 'candidate/verdict.json', 'candidate/report.html']
  const read = () => Promise.all(files.map(file => readFile(join(out, file), 'utf8')))
  const before = await read()
  const again = await zonefall(['analyse', out, '--json'], await ownState())
  expect(again.code).toBe(1)
  expect(await read()).toEqual(before)
  expect((await zonefall(['analyse', join(out, 'base')], await ownState())).code).toBe(0)
})

const BUILDS_NOT = 'ARG PEERS\nFROM $PEERS\nRUN echo the compiler is not amused && exit 3\n'
const STARTS_NOT = 'frontend entry\n  no such thing\n'

test.each([
  [
    'a name that git does not know',
    'no-such-tag',
    [],
    2,
    '`no-such-tag` is neither a directory nor a commit',
  ],
  ['an option instead of a name', '-all', [], 2, '`-all` is neither a directory nor a commit'],
  ['a directory without a Compose file', tmpdir(), [], 2, 'has no Compose file: neither docker-compose.yml'],
  ['too few trials', 'HEAD', ['--trials', '3'], 2, 'can be told from chance. Run with --trials 4 or more'],
  [
    'a preparation that fails',
    'HEAD',
    ['--prepare', 'echo no bundle >&2; exit 1'],
    4,
    'The base cannot be prepared:\n  no bundle\n',
  ],
])('%s: one line, and nothing left', async (_, baseline, more, code, line) => {
  const run = await gate(await gatedSystem('gated-input'), baseline, ...more)
  expect(run.stderr).toContain(line)
  expect(run.code).toBe(code)
  expect(run.stdout).toBe('')
})

test.each([
  ['does not build', { Dockerfile: BUILDS_NOT }, 'The base does not build:', 'the compiler is not amused'],
  ['never answers', { 'haproxy.cfg': STARTS_NOT }, 'zonefall: The base: ', 'unknown keyword'],
])('a base that %s: its last lines, and nothing left', async (_, files, line, last) => {
  const system = await gatedSystem('gated-broken')
  const run = await gate(system, await system.copy(files))
  expect(run.stderr).toContain(line)
  expect(run.stderr).toContain(last)
  expect(run.code).toBe(4)
})

test('what a trial left behind is told after the verdict, which it does not take away', {
  timeout: 120_000,
}, async () => {
  const system = await gatedSystem('gated-residue')
  const [env, out] = [await ownState(), await newFolder()]
  const run = startZonefall(['gate', system.experiment, ...flagsOf(system, out)], env)
  await run.until(`kill ${system.project}-web`)
  await docker('update', '--restart', 'on-failure', `${system.project}-proxy-1`)
  expect(await run.exited).toBe(5)
  expect(run.output.stderr).toContain(`-proxy-1: restart policy on-failure, was no`)
  expect(run.output.stdout).toMatch(/this tree against HEAD .*: INVALID/)
  const verdict = JSON.parse(await readFile(join(out, 'verdict.json'), 'utf8'))
  expect(verdict.comparison.metrics[0].reason).toMatch(/there are [01] of the base and [01] of the candidate/)
  await expectNothingLeft(system, env)
})

test('a gate that is interrupted says where its record is', { timeout: 120_000 }, async () => {
  const system = await gatedSystem('gated-stopped')
  const [env, out] = [await ownState(), await newFolder()]
  const run = startZonefall(['gate', system.experiment, ...flagsOf(system, out)], env)
  await run.until(`heal ${system.project}-web`)
  run.child.kill('SIGINT')
  expect(await run.exited).toBe(130)
  expect(run.output.stdout).toContain(`recorded until then: ${relative(tmpdir(), out)}`)
  await expectNothingLeft(system, env)
})

function flagsOf({ composeFile }: GatedSystem, out: string): string[] {
  return ['--baseline', 'HEAD', '-f', composeFile, '--out', out]
}

const BUILDS_SLOWLY = `ARG PEERS\nFROM $PEERS\nRUN sleep 4 # ${Date.now()}\nCOPY haproxy.cfg nginx.conf /etc/gated/\n`
const PREPARES_FOR_EVER =
  'trap "" TERM; while :; do mkdir -p deep/down; date > deep/down/now; sleep 0.01; done'

test.each([
  ['while it prepares', 'Preparing the base', ['--prepare', PREPARES_FOR_EVER], {}, 'deep/down'],
  ['while it builds', 'Building the base', [], { Dockerfile: BUILDS_SLOWLY }, 'compose'],
  ['in the middle of a fault', 'kill zonefall-gated-killed-', [], {}, 'prober-main'],
])(
  'the harness is killed %s: the watchdogs leave nothing behind',
  {
    timeout: 120_000,
  },
  async (_, said, more, files, atWork) => {
    const system = await gatedSystem('gated-killed')
    const [env, base] = [await ownState(), await system.copy(files)]
    const flags = ['--baseline', base, '-f', system.composeFile, '--out', await newFolder(), ...more]
    const run = startZonefall(['gate', system.experiment, ...flags], env)
    await run.until(said)
    await expect.poll(() => commandLinesBelow(run), { timeout: 5000 }).toContain(atWork)
    const offspring = (await offspringOf(run.child.pid ?? 0)).map(identify)
    run.child.kill('SIGKILL')
    await run.exited
    const limit = AbortSignal.timeout(30_000)
    while ((await readdir(env.ZONEFALL_STATE_DIR)).length > 0) {
      limit.throwIfAborted()
      await pause(50, limit) // between two looks at the condition
    }
    await expect.poll(() => offspring.filter(isAlive)).toEqual([])
    await expectNothingLeft(system, env)
  },
)

/** Of all that it has started, one a line. */
async function commandLinesBelow({ child }: ZonefallProcess): Promise<string> {
  const read = (pid: number) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return (await Promise.all((await offspringOf(child.pid ?? 0)).map(read))).join('\n')
}
