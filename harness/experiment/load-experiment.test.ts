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
  expect((await load(slow)).fault).toEqual({ kind: 'latency', delayMs: 300, jitterMs: 0 })
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
    /Unrecognized key: "timming"/,
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

test('a folder is no experiment', async () => {
  await expect(loadExperiment(`${folder}/`, LIBRARY)).rejects.toThrow('There is no experiment file at')
})
