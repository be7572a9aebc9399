import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { ContainerState } from '../docker/containers.ts'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import type { Verification } from '../faults/fault.ts'
import { readBack } from '../faults/read-back.ts'
import { ROW_BYTES } from '../history/sample-row.ts'
import { docker } from '../testing/docker.ts'
import { smallRun } from '../testing/small-system.ts'
import { startZonefall, zonefall } from '../testing/zonefall-process.ts'

const TIMING = { warmUpMs: 100, baselineMs: 1000, holdMs: 3000, recoveryMs: 1500 }

function hasRestarted({ status, restartCount }: ContainerState): Verification {
  return { ok: status === 'running' && restartCount > 0, detail: status }
}

let engine: Engine
beforeAll(async () => {
  engine = await connectEngine()
})

test.each(['kill', 'crash'])(
  'the target of a %s is removed by somebody while the fault is on: a clear line, and every sample is kept',
  async kind => {
    const small = await smallRun(`gone-${kind}`, kind, TIMING)
    const run = startZonefall(small.args, small.env)
    await run.until(`${kind} ${small.web}`)
    await docker('rm', '--force', small.web)
    expect(await run.exited).toBe(4)
    expect(run.output.stderr).toBe(
      `zonefall: Somebody removed ${small.web} during the run. Find out who did that, then run again; what was recorded until then is kept.\n`,
    )
    expect(run.output.stdout).toContain('recorded until then: ')
    expect(isEmpty(await engine.surveyProject(small.project))).toBe(true)

    // At 100 probes a second: at least the baseline is there.
    const { size } = await stat(join(small.out, 'trial-1/samples.bin'))
    expect(size).toBeGreaterThan(100 * ROW_BYTES)
    const analysed = await zonefall(['analyse', small.out], small.env)
    expect(analysed.stdout).toMatch(/verdict +INVALID/)
    expect(analysed.stdout).toContain('The trial was cut short')
    expect(analysed.code).toBe(3)
  },
)

test.each([
  ['kill', 'start'],
  ['crash', 'kill'],
])(
  'the target of a %s is restarted by somebody while the fault is on: that trial says nothing',
  async (kind, deed) => {
    const small = await smallRun(`again-${kind}`, kind, TIMING)
    const run = startZonefall(small.args, small.env)
    await run.until(`${kind} ${small.web}`)
    // Not while the restart policy is at work: this engine's stop then waits for the end of what that has started.
    if (kind === 'crash') await readBack(engine, small.web, hasRestarted, AbortSignal.timeout(10_000))
    await docker('restart', '--time', '0', small.web)
    await run.until('once more, since the last one was invalid')
    expect([0, 1, 3]).toContain(await run.exited)
    expect(run.output.stdout).toMatch(/verdict +\w/)
    expect(run.output.stderr).toBe('')
    expect(isEmpty(await engine.surveyProject(small.project))).toBe(true)
    const analysis = JSON.parse(await readFile(join(small.out, 'trial-1/analysis.json'), 'utf8'))
    expect(analysis.validity).toMatchObject({ status: 'invalid' })
    const text = expect.stringContaining(
      `Somebody else acted on ${small.web} while the fault was on: the engine tells of \`${deed}\``,
    )
    expect(analysis.validity.reasons).toContainEqual(expect.objectContaining({ code: 'disturbed', text }))
  },
)
