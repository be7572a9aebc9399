import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { loadExperiment } from './load-experiment.ts'

const LIBRARY = join(import.meta.dirname, '../../experiments')
const GOOD = `name: mine
title: t
shows: s
expected: e
target: { service: web }
fault: { kind: kill }
slos: ["error_window_ms max < 2 500"]
`.replace('2 500', '2500')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zonefall-test-'))
})

async function load(text: string) {
  const file = join(folder, 'mine.yaml')
  await writeFile(file, text)
  return loadExperiment(file, LIBRARY)
}

test.each(['gateway-kill', 'single-gateway', 'gateway-crash'])('%s of the library loads', async name => {
  expect(await loadExperiment(name, LIBRARY)).toMatchObject({ name, probes: { ratePerSecond: 100 } })
})

test('YAML reads the same, with the defaults filled in', async () => {
  expect(await load(GOOD)).toMatchObject({
    name: 'mine',
    timing: { steadyWindowMs: 5000 },
    load: { connections: 10 },
  })
})

test('a fault’s parameters are kept, with its defaults', async () => {
  const slow = GOOD.replace('{ kind: kill }', '{ kind: latency, delayMs: 300 }')
  expect((await load(slow)).faults).toEqual([
    { fault: { kind: 'latency', delayMs: 300, jitterMs: 0 }, atMs: 0, staggerMs: 0 },
  ])
})

test('what a fault cannot be told is refused with its line', async () => {
  const broken = GOOD.replace('{ kind: kill }', '\n  kind: latency\n  delayMs: 0')
  await expect(load(broken)).rejects.toThrow(/mine\.yaml:8: fault\.delayMs: Too small/)
  const misspelt = GOOD.replace('{ kind: kill }', '{ kind: latency, delay: 300 }')
  await expect(load(misspelt)).rejects.toThrow(/mine\.yaml:6: fault: Unrecognized key: "delay"/)
})

test.each([
  [
    'a key misspelt is not a key ignored, and its line is named',
    `${GOOD}timming: {}\n`,
    /mine\.yaml:8: Unrecognized key: "timming"\. Did you mean `timing`\?/,
  ],
  ['a value of the wrong kind', GOOD.replace('{ service: web }', '5'), /mine\.yaml:5: target: /],
  [
    'a fault that there is not',
    GOOD.replace('kind: kill', 'kind: kil'),
    /no fault `kil`. Did you mean `kill`\?/,
  ],
  [
    'an SLO on a metric that there is not',
    GOOD.replace('error_window_ms', 'eror_window_ms'),
    /error_window_ms/,
  ],
  ['YAML that is none', 'name: [', /mine\.yaml: /],
])('%s', async (_, text, message) => {
  await expect(load(text)).rejects.toThrow(message)
})

test('a rule that cannot be read is told with its file and line, and so is a fault that there is not', async () => {
  const rules = GOOD.replace('["error_window_ms max < 2500"]', '\n  - lost_ms max < 5\n  - lost_ms max 5')
  await expect(load(rules)).rejects.toThrow(/mine\.yaml:9: /)
  await expect(load(GOOD.replace('kind: kill', 'kind: kil'))).rejects.toThrow(
    /mine\.yaml:6: There is no fault `kil`/,
  )
})

test('all that is wrong is told, each with its line; what is missing is called missing', async () => {
  const text = `${GOOD.replace('title: t\n', '').replace('kind: kill', 'kind: kil')}\nprobs: {}\n`
  const error = await load(text.replace('max < 2500', 'max 2500')).catch(thrown => thrown)
  expect(error).toMatchObject({ code: 'EXPERIMENT_INVALID' })
  const [first, ...lines] = error.message.trimEnd().split('\n')
  expect(first).toMatch(/mine\.yaml has 4 mistakes:$/)
  expect(lines).toEqual([
    expect.stringMatching(/mine\.yaml:1: title: is missing$/),
    expect.stringMatching(/mine\.yaml:5: There is no fault `kil`\. Did you mean `kill`\?$/),
    expect.stringMatching(/mine\.yaml:6: The SLO `error_window_ms max 2500` is not valid/),
    expect.stringMatching(/mine\.yaml:8: Unrecognized key: "probs"\. Did you mean `probes`\?$/),
  ])
})

const TIMELINE = `name: mine
title: t
shows: s
expected: e
target: { tier: web, count: 2 }
faults:
  - fault: { kind: pause }
    at: 500ms
    for: 1s
    every: 2.5s
    stagger: 200ms
  - fault: { kind: kill }
    target: { wholeZones: 1 }
slos: ["lost_ms max < 1m"]
`

test('a timeline is read in ms', async () => {
  expect((await load(TIMELINE)).faults).toEqual([
    { fault: { kind: 'pause' }, atMs: 500, forMs: 1000, everyMs: 2500, staggerMs: 200 },
    { fault: { kind: 'kill' }, target: { wholeZones: 1 }, atMs: 0, staggerMs: 0 },
  ])
})

test.each([
  ['a time without a unit', ['at: 500ms', 'at: 500'], /mine\.yaml:8: faults\.0\.at: must be a time such as/],
  ['a time that is none', ['at: 500ms', 'at: soon'], /:8: faults\.0\.at: must be a time such as 500ms/],
  [
    'what comes after the hold',
    ['at: 500ms', 'at: 6s'],
    /:8: faults\.0\.at: is too late: the hold is over after 6000 ms/,
  ],
  ['what outlasts the hold', ['for: 1s', 'for: 5.6s'], /:9: faults\.0\.for: lasts too long/],
  [
    'coming again before it is over',
    ['every: 2.5s', 'every: 1s'],
    /:10: faults\.0\.every: must be longer than `for`/,
  ],
  ['coming again without an end', ['    for: 1s\n', ''], /:9: faults\.0\.every: needs `for`/],
  ['times of what comes once', ['every: 2.5s', 'times: 2'], /:10: faults\.0\.times: needs `every`/],
  ['two amounts', ['count: 2', 'count: 2, all: true'], /:5: target\.all: cannot be beside `count`/],
  [
    'an amount misspelt',
    ['wholeZones', 'wholezone'],
    /:13: faults\.1\.target: Unrecognized key: "wholezone"\. Did you mean `wholeZones`\?/,
  ],
  ['nobody to strike', ['target: { tier: web, count: 2 }\n', ''], /:6: faults\.0: needs a `target`/],
  [
    'a target that no fault has',
    ['    every: 2.5s', '    target: { all: true }\n    every: 2.5s'],
    /:5: target: strikes nobody/,
  ],
  ['both forms', ['faults:', 'fault: { kind: kill }\nfaults:'], /:7: faults: cannot be beside `fault`/],
])('of a timeline is refused: %s', async (_, [from = '', to = ''], message) => {
  await expect(load(TIMELINE.replace(from, to))).rejects.toThrow(message)
})

test('a folder is no experiment', async () => {
  await expect(loadExperiment(`${folder}/`, LIBRARY)).rejects.toThrow('There is no experiment file at')
})
