import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { connectEngine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import { analyseShrink } from '../shrink/analyse-shrink.ts'
import type { ShrinkVerdict } from '../shrink/judge-shrink.ts'
import { smallRun, systemOf } from '../testing/small-system.ts'
import { newFolder, startZonefall, zonefall } from '../testing/zonefall-process.ts'

/** Three faults, of which the second matters. What a slow machine answers late is no loss; a dead container is. */
const EXPERIMENT = {
  name: 'three-faults',
  title: 'Three faults',
  shows: 'which of them matters',
  expected: 'the second',
  faults: [
    { fault: { kind: 'pause' }, target: { name: 'side-1' }, for: '150ms' },
    { fault: { kind: 'kill' }, target: { name: 'web-1' }, at: '200ms', for: '450ms' },
    { fault: { kind: 'pause' }, target: { name: 'side-1' }, at: '300ms', for: '150ms' },
  ],
  timing: { warmUpMs: 100, baselineMs: 2000, holdMs: 700, recoveryMs: 1000 },
  probes: { deadlineMs: 10_000 },
  steadyState: { minSuccess: 0.5, maxP99Ms: 10_000 },
  load: { ratePerSecond: 0 },
  slos: ['lost_ms max < 300'],
}

test('of three faults the one that matters is found; what was ended early is gone on with', {
  timeout: 300_000,
}, async () => {
  const small = await smallRun('shrunk', 'kill')
  const [, file = '', ...rest] = small.args
  await writeFile(file, JSON.stringify(EXPERIMENT)) // JSON is YAML
  expect(await zonefall(['run', file, ...rest], small.env)).toMatchObject({ code: 1 })

  const out = await newFolder()
  const first = startZonefall(['shrink', small.out, '--trials', '1', '--out', out], small.env)
  await first.until('all: fails')
  first.child.kill('SIGINT')
  expect(await first.exited).toBe(130)
  expect(first.output.stdout).toContain('zonefall shrink --resume')
  expect(first.output.stderr).toContain('Everything was undone.')

  const resumed = await zonefall(['shrink', '--resume', out, '--json'], small.env)
  const verdict = JSON.parse(resumed.stdout) as ShrinkVerdict
  expect(verdict).toMatchObject({ kind: 'shrink', status: 'pass', reasons: [] })
  expect(verdict.smallest).toEqual([`kill ${small.web} from 200 to 650 ms`])
  expect(resumed.stderr).not.toContain('all: ')
  expect(resumed.code).toBe(0)
  expect(isEmpty(await (await connectEngine()).surveyProject(small.project))).toBe(true)

  const shrunk = join(out, 'shrunk.yaml')
  expect(parse(await readFile(shrunk, 'utf8'))).toMatchObject({
    faults: [{ fault: { kind: 'kill' }, target: { name: 'web-1' }, at: '200ms' }],
    slos: EXPERIMENT.slos,
  })
  expect(await analyseShrink(out, dirname(dirname(import.meta.dirname)))).toEqual(verdict)

  const none = await zonefall(['shrink', join(out, 'part-2'), ...systemOf(small)], small.env)
  expect(none).toMatchObject({ code: 2, stdout: '' })
  expect(none.stderr).toContain('has one fault only: nothing of it can be left out')
})
