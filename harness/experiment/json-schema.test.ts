import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { FAULTS } from '../faults/catalogue.ts'
import { checkExperiment } from './check-experiment.ts'
import { experimentJsonSchema } from './json-schema.ts'

const LIBRARY = join(import.meta.dirname, '../../experiments')

test('the file in the library is up to date; else: npm run schema', async () => {
  const kept = JSON.parse(await readFile(join(LIBRARY, 'experiment.schema.json'), 'utf8'))
  expect(kept).toEqual(JSON.parse(JSON.stringify(experimentJsonSchema())))
})

const schema = z.fromJSONSchema(experimentJsonSchema() as Parameters<typeof z.fromJSONSchema>[0])
const GOOD = `name: mine
title: t
shows: s
expected: e
target: { label: { com.example.role: db }, count: 2 }
faults:
  - fault: { kind: latency, delayMs: 300 }
    at: 1s
  - fault: { kind: kill }
    target: { wholeZones: 1 }
    for: 500ms
timing: { holdMs: 5000 }
slos: ["lost_ms max < 1m"]
`

test.each(FAULTS.map(({ kind }) => kind))('an editor takes %s as it is taken when it is run', kind => {
  const experiment = parse(GOOD.replace('kind: kill', `kind: ${kind}`))
  expect(schema.safeParse(experiment).success).toBe(true)
  expect(checkExperiment(experiment)).toMatchObject({ experiment: { name: 'mine' } })
})

test.each([
  ['a key misspelt', ['count: 2', 'cuont: 2']],
  ['a fault that there is not', ['kind: kill', 'kind: kil']],
  ['what a fault cannot be told', ['delayMs: 300', 'delay: 300']],
  ['a number out of its bounds', ['delayMs: 300', 'delayMs: -1']],
  ['a time without its unit', ['at: 1s', 'at: 1']],
  ['a key that is missing', ['shows: s\n', '']],
])('an editor refuses %s, as it is refused when it is run', (_, [from = '', to = '']) => {
  const experiment = parse(GOOD.replace(from, to))
  expect(schema.safeParse(experiment).success).toBe(false)
  expect(checkExperiment(experiment)).toHaveProperty('problems')
})
