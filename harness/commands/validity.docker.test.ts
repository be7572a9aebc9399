import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pause } from '../clock/pause.ts'
import { startEngineRelay, type Tampering } from '../testing/engine-relay.ts'
import {
  FOREIGN,
  newFolder,
  ownState,
  startZonefall,
  type ZonefallProcess,
} from '../testing/zonefall-process.ts'

/**
 * Each rule of validity is provoked for real: what would make a number mean something else than it says must
 * make the trial invalid, and never a pass. (The rules one by one, at their edges: validity.test.ts.)
 */
const EXPERIMENT = `
name: short-kill
title: One of several is killed, briefly
shows: what an invalid trial is
expected: the others carry on
target: {}
fault: { kind: kill }
timing: { warmUpMs: 500, baselineMs: 1500, holdMs: 2000, recoveryMs: 6500 }
steadyState: { minSuccess: 0.9, maxP99Ms: 1000 }
load: { ratePerSecond: 0 }
slos: ["error_window_ms max < 2500"]
`

interface Provoked {
  readonly verdict: {
    status: string
    reasons: string[]
    trials: { status: string; reasons: string[] }[]
    proves: string
  }
  readonly code: number | null
  readonly said: string
}

/** A run of the foreign system that is ended, with `once` done to it when it says `moment`. */
async function provoke(
  moment: string,
  once: (run: ZonefallProcess) => Promise<void> | void,
  tampering?: Tampering,
): Promise<Provoked> {
  const folder = await mkdtemp(join(tmpdir(), 'zonefall-validity-'))
  const file = join(folder, 'short-kill.yaml')
  await writeFile(file, EXPERIMENT)
  const socket = join(folder, 'engine.sock')
  const relay = tampering && (await startEngineRelay(socket, tampering))
  const out = await newFolder()
  const run = startZonefall(
    [
      'run',
      file,
      '-f',
      FOREIGN,
      '--target',
      'service=web-1',
      '--instance-header',
      'x-served-by',
      '--out',
      out,
      '--json',
    ],
    { ...(await ownState()), ...(relay ? { DOCKER_HOST: `unix://${socket}` } : {}) },
  )
  await run.until(moment)
  await once(run)
  const code = await run.exited
  await relay?.stop()
  const said = run.output.stderr
  if (!run.output.stdout) throw new Error(`no verdict: ${said}`)
  return { verdict: JSON.parse(run.output.stdout), code, said }
}

test('a fault that does nothing: the engine says that it killed, and did not', async () => {
  const swallows = (method: string, path: string) => method === 'POST' && path.includes('/kill')
  const { verdict, code } = await provoke('warm-up', () => undefined, { swallows })
  expect(verdict.status).toBe('invalid')
  expect(code).toBe(3)
  expect(verdict.trials).toHaveLength(1) // it would be no better the next time
  const [trial] = verdict.trials
  expect(trial?.reasons.join('\n')).toContain('The fault did not take hold: the engine reads running')
  expect(trial?.reasons.join('\n')).toMatch(
    /web-1-1 still answered \d+ probes that were sent when it should have been dead/,
  )
})

test('a clock that is set in mid-run: the trial is invalid, and repeated', async () => {
  let stepMs = 0
  const rewrites = (path: string) =>
    path.endsWith('/info') ? (body: string) => body.replace(/(?<="SystemTime":")[^"]+/, later) : undefined
  const later = (time: string) => new Date(Date.parse(time) + stepMs).toISOString()
  const step = () => {
    stepMs = 500
  }
  const { verdict } = await provoke('kill zonefall-foreign-web', step, { rewrites })
  expect(verdict.trials[0]).toMatchObject({ status: 'invalid' })
  expect(verdict.trials[0]?.reasons.join()).toMatch(
    /The engine’s clock moved against ours by at least (4[5-9]\d|50\d)/,
  )
  expect(verdict.trials.length).toBeGreaterThan(1)
})

test('a prober that is stopped while the system breaks: the trial is invalid, the repeat counts', async () => {
  const { verdict, said } = await provoke('  baseline', async run => {
    const prober = await childRunning(run.child, 'prober-main')
    process.kill(prober, 'SIGSTOP')
    await pause(800, new AbortController().signal) // how long it is stopped: the stimulus, not a wait
    process.kill(prober, 'SIGCONT')
  })
  expect(verdict.trials[0]).toMatchObject({ status: 'invalid' })
  expect(verdict.trials[0]?.reasons.join()).toMatch(
    /The error window is known to \d+ ms only.* The prober sent up to [5-9]\d\d ms late/,
  )
  expect(said).toContain('Trial 1 of 1 once more, since the last one was invalid')
  expect(verdict.trials.length).toBeGreaterThan(1)
})

test('a machine that others burn: the trial is invalid, never a pass', async () => {
  const { verdict } = await provoke('  baseline', async () => {
    const loops = Array.from({ length: 8 * availableParallelism() }, () =>
      spawn('nice', ['-n', '-20', 'timeout', '2', 'sh', '-c', 'while :; do :; done']),
    )
    await Promise.all(loops.map(loop => new Promise(resolve => loop.on('exit', resolve))))
  })
  expect(verdict.trials[0]).toMatchObject({ status: 'invalid' })
  expect(verdict.trials[0]?.reasons.join()).toMatch(/ms late|could not be sent/)
})

/** The pid of the child whose command line contains the text. */
async function childRunning(parent: ChildProcess, text: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
    const [, , , ppid] = (await read('stat')).split(' ')
    if (Number(ppid) === parent.pid && (await read('cmdline')).includes(text)) return Number(pid)
  }
  throw new Error(`no child of ${parent.pid} runs ${text}`)
}
