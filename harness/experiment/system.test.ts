import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadExperiment } from './load-experiment.ts'

async function experimentWith(lines: string): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'zonefall-test-'))
  const file = join(folder, 'own.yaml')
  await writeFile(
    file,
    `name: own
title: own
shows: own
expected: own
target: { tier: web }
fault: { kind: kill }
slos: ['lost_ms max < 100']
${lines}
`,
  )
  return { folder, file }
}

test('the system that an experiment names lies beside its file, wherever it is run from', async () => {
  const { folder, file } = await experimentWith(
    'system: { file: ./compose.yml, environment: { FORM: small } }',
  )
  expect((await loadExperiment(file, folder)).system).toEqual({
    file: join(folder, 'compose.yml'),
    environment: { FORM: 'small' },
  })
})

test('without one there is none', async () => {
  const { folder, file } = await experimentWith('')
  expect(await loadExperiment(file, folder)).not.toHaveProperty('system')
})

test.each([
  ['system: { fil: compose.yml }', /:8: system: .*fil/],
  ['system: { file: compose.yml, environment: { FORM: 1 } }', /:8: system\.environment\.FORM: /],
  ['requests: past', /:8: requests: /],
])('%s is refused, with its line', async (lines, message) => {
  const { folder, file } = await experimentWith(lines)
  await expect(loadExperiment(file, folder)).rejects.toThrow(message)
})
