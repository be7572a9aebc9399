import { expect, it } from 'vitest'
import type { EngineUnderDiagnosis } from '../docker/diagnosis.ts'
import { CHECKS } from './catalogue.ts'
import { type Check, type DoctorContext, engineCheck, toolboxCheck } from './check.ts'
import { fine, limited } from './finding.ts'
import { renderResults } from './render.ts'
import { runChecks } from './run-checks.ts'

const context: DoctorContext = {
  endpoint: 'unix:///nowhere.sock',
  engine: { kind: 'unreached', reason: 'connect ENOENT' },
  env: {},
  state: { path: '/nowhere', lockOf: String, journalOf: String },
  resultsFolder: '/nowhere',
}

const check = (name: string, run: Check['run'], pace: Check['pace'] = 'together'): Check => ({
  name,
  pace,
  run,
})
const { signal } = new AbortController()

it('a check that throws is broken, with its cause, and the others go on', async () => {
  const throws = check('throws', async () => {
    throw new Error('no such file')
  })
  const works = check('works', async () => fine('yes'))
  expect(await runChecks([throws, works], context, 1000, signal)).toMatchObject([
    { name: 'throws', status: 'broken', detail: 'It could not be looked at: no such file' },
    { name: 'works', status: 'fine' },
  ])
})

it('a check that never ends and heeds no signal is given up', async () => {
  const hangs = check('hangs', () => new Promise(() => undefined))
  expect(await runChecks([hangs], context, 20, signal)).toMatchObject([
    { name: 'hangs', status: 'broken', detail: 'It did not end within 0.02 s.' },
  ])
})

it('those that measure time run alone and first; the results are in the order of the catalogue', async () => {
  const log: string[] = []
  const logged = (name: string, pace: Check['pace']) =>
    check(
      name,
      async () => {
        log.push(`${name} begins`)
        await new Promise(setImmediate)
        log.push(`${name} ends`)
        return fine(name)
      },
      pace,
    )
  const checks = [logged('a', 'together'), logged('b', 'together'), logged('quiet', 'alone')]
  const results = await runChecks(checks, context, 1000, signal)
  expect(log).toEqual(['quiet begins', 'quiet ends', 'a begins', 'b begins', 'a ends', 'b ends'])
  expect(results.map(({ name }) => name)).toEqual(['a', 'b', 'quiet'])
})

it('an interruption ends it with its own reason', async () => {
  const interrupt = new AbortController()
  const hangs = check('hangs', () => new Promise(() => undefined))
  const running = runChecks([hangs], context, 60_000, interrupt.signal)
  interrupt.abort(new Error('interrupted'))
  await expect(running).rejects.toThrow('interrupted')
})

it('without an engine a check of it says that it could not look, and leaves the advice to one other', async () => {
  const results = await runChecks([engineCheck('netem', async () => fine('never'))], context, 1000, signal)
  expect(results).toEqual([
    { name: 'netem', status: 'broken', detail: 'Not looked at: no Docker engine answers.', advice: null },
  ])
})

it('without the toolbox image nothing is tried', async () => {
  const never = () => Promise.reject(new Error('tried all the same'))
  const trials = { hasToolbox: async () => false, network: never, resources: never }
  const api = {} as EngineUnderDiagnosis // nothing of it is asked
  const withEngine: DoctorContext = { ...context, engine: { kind: 'reached', api, trials } }
  const results = await runChecks([toolboxCheck('netem', never)], withEngine, 1000, signal)
  expect(results[0]).toMatchObject({
    status: 'broken',
    detail: 'Not looked at: the image zonefall/toolbox:1 is missing.',
    advice: null,
  })
})

it('names in the catalogue are unique', () => {
  expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length)
})

it('is shown in columns, advice beneath, the count at the end', () => {
  const results = [
    { name: 'engine', ...fine('there') },
    { name: 'load average', ...limited('4.5', 'Wait.') },
  ]
  expect(renderResults(results, { colour: false })).toEqual([
    'fine     engine        there',
    'limited  load average  4.5',
    '                       → Wait.',
    '1 fine, 1 limited, 0 broken',
  ])
  expect(renderResults(results, { colour: true })[0]).toContain('\u001b[32mfine')
})
