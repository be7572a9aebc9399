import { readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadExperiment } from '../../harness/experiment/load-experiment.ts'

const LIBRARY = fileURLToPath(new URL('..', import.meta.url))
const OUTAGES = join(LIBRARY, 'outages')
const read = (...path: string[]) => readFileSync(join(LIBRARY, ...path), 'utf8')

const experiments = readdirSync(LIBRARY)
  .filter(file => extname(file) === '.ts')
  .map(file => basename(file, '.ts'))
const outages = readdirSync(OUTAGES, { withFileTypes: true })
  .filter(entry => entry.isDirectory() && entry.name !== 'shared')
  .map(({ name }) => name)

test.each(experiments)('%s has the name of its file, and a line in the README', async name => {
  const experiment = await loadExperiment(name, LIBRARY)
  expect(experiment.name).toBe(name)
  expect(read('README.md')).toContain(`| \`${name}\` |`)
})

describe.each(outages)('%s', outage => {
  test('its two forms differ in the remedy, and in nothing else that is done to the system', async () => {
    const [without, withRemedy] = await Promise.all(
      ['without', 'with'].map(form => loadExperiment(join(OUTAGES, outage, `${form}-remedy.yaml`), LIBRARY)),
    )
    expect([without?.name, withRemedy?.name]).toEqual([`${outage}-without`, `${outage}-with`])
    expect(without?.system?.environment).toEqual({ REMEDY: 'none' })
    expect(withRemedy?.system?.environment).toEqual({ REMEDY: expect.not.stringMatching(/^none$/) })
    const done = ({
      system,
      faults,
      target,
      requests,
      timing,
      probes,
      load,
    }: NonNullable<typeof without>) => ({
      file: system?.file,
      ...{ faults, target, requests, timing, probes, load },
    })
    if (!without || !withRemedy) throw new Error('one of them was not loaded')
    expect(done(withRemedy)).toEqual(done(without))
    expect(without.slos).not.toEqual(withRemedy.slos)
  })

  test('it names its public report, and what it leaves out', () => {
    const text = read('outages', outage, 'README.md')
    expect(text).toMatch(/https:\/\/\S+/)
    for (const heading of ['## What happened', '## What is kept', '## What is left out', '## Measured'])
      expect(text).toContain(heading)
    expect(read('outages', 'README.md')).toContain(`(${outage}/README.md)`)
  })
})
