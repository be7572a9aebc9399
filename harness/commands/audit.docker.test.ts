import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { AuditVerdict } from '../audit/judge-audit.ts'
import { connectEngine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import { FOREIGN, newFolder, ownState, startZonefall, zonefall } from '../testing/zonefall-process.ts'

const ON_FOREIGN = ['-f', FOREIGN, '--zone-label', 'example.zone', '--instance-header', 'x-served-by']

test('HAProxy before three nginx: interrupted, gone on with, right about each of the four', async () => {
  const [out, env] = [await newFolder(), await ownState()]
  const first = startZonefall(['audit', ...ON_FOREIGN, '--faults', 'kill', '--seed', '3', '--out', out], env)
  await first.until('[2/4] web-1-1 kill …')
  first.child.kill('SIGINT')
  expect(await first.exited).toBe(130)
  expect(first.output.stdout).toContain('zonefall audit --resume')
  expect(first.output.stderr).toContain('Everything was undone.')
  const engine = await connectEngine()
  expect(isEmpty(await engine.surveyProject('zonefall-foreign'))).toBe(true)

  const kept = await readFile(join(out, 'proxy-1-kill/trial-1/samples.bin'))
  const resumed = await zonefall(['audit', '--resume', out, '--json'], env)
  expect(resumed.stderr).toContain('[1/3] web-1-1 kill')
  expect(await readFile(join(out, 'proxy-1-kill/trial-1/samples.bin'))).toEqual(kept)
  const verdict = JSON.parse(resumed.stdout) as AuditVerdict
  expect(wordsOf(verdict)).toEqual({
    'proxy-1 kill': 'SPOF',
    'web-1-1 kill': expect.stringMatching(/^(redundant|degraded)$/),
    'web-2-1 kill': expect.stringMatching(/^(redundant|degraded)$/),
    'web-3-1 kill': expect.stringMatching(/^(redundant|degraded)$/),
  })
  expect(verdict).toMatchObject({ schema: 1, kind: 'audit', status: 'fail', left_out: [] })
  expect(resumed.code).toBe(1)
  expect(await readdir(env.ZONEFALL_STATE_DIR)).toEqual([])

  const before = await filesOf(out)
  expect((await zonefall(['analyse', out], env)).code).toBe(1)
  expect(await filesOf(out)).toEqual(before)
})

test('the reference system: the balancer is a SPOF that its label accepts, a whole zone and an app are none', async () => {
  const env = { ...(await ownState()), COMPOSE_PROJECT_NAME: 'zonefall-audited' }
  const only = ['service=lb', 'zone=zone-a'].flatMap(selector => ['--only', selector])
  const seconds = ['--faults', 'kill', '--budget', '45s']
  const run = await zonefall(['audit', ...only, ...seconds, '--json', '--out', await newFolder()], env)
  const verdict = JSON.parse(run.stdout) as AuditVerdict
  expect(verdict.components[0]).toMatchObject({ component: 'lb-1', accepted: 'the provider replicates it' })
  expect(wordsOf(verdict)).toMatchObject({
    'lb-1 kill': 'SPOF',
    'zone=zone-a kill': expect.stringMatching(/^(redundant|degraded)$/),
  })
  expect(verdict.components[1]?.containers).toEqual(['app-a-1', 'gateway-a-1'])
  expect(run.code).toBe(0)
})

test.each([
  [['--accept', 'service=cache:nobody minds'], 'Nothing is `service=cache`. There are: proxy-1, web-1-1'],
  [['--accept', 'service=proxy'], 'it gives no reason'],
  [['--only', 'service=cache'], 'Nothing is service=cache'],
  [['--faults', 'kil'], 'Did you mean `kill`'],
  [['--budget', 'soon'], 'Write a time such as'],
  [['--resume', 'nowhere'], 'has no readable audit.json'],
])('%j is refused with one line, before anything starts', async (args, line) => {
  const run = await zonefall(['audit', ...ON_FOREIGN, ...args], await ownState())
  expect(run.stderr).toContain(line)
  expect(run.code).toBe(2)
})

function wordsOf({ components }: AuditVerdict): Record<string, string> {
  return Object.fromEntries(
    components.flatMap(({ component, cells }) =>
      cells.map(({ fault, word }) => [`${component} ${fault}`, word] as const),
    ),
  )
}

function filesOf(out: string): Promise<string[]> {
  const names = ['verdict.json', 'report.html', 'proxy-1-kill/report.html', 'web-1-1-kill/verdict.json']
  return Promise.all(names.map(name => readFile(join(out, name), 'utf8')))
}
