import { expect, test } from 'vitest'
import type { Manifest } from '../results/manifest.ts'
import { storedSystem } from './replay.ts'

const file = import.meta.filename // any file that is there
const manifest = {
  rerun: 'npx zonefall run x.yaml --url http://127.0.0.1:8080/ --zone-label az',
  plan: { instanceHeader: 'x-served-by' },
  system: { file, environment: { REMEDY: 'none' } },
} as unknown as Manifest

test('a stored run is had again with what its experiment gave the Compose file', () => {
  expect(storedSystem(manifest, {})).toEqual({
    system: { file, environment: { REMEDY: 'none' } },
    url: 'http://127.0.0.1:8080/',
    zoneLabel: 'az',
    instanceHeader: 'x-served-by',
  })
})

test('on another system, by -f, the stored entry point means nothing', () => {
  const given = storedSystem(manifest, { file: 'other.yml' })
  expect(given).toMatchObject({ file: 'other.yml', zoneLabel: 'az' })
  expect(given.url).toBeUndefined()
})

test('a Compose file that is gone is told', () => {
  const gone = { ...manifest, system: { ...manifest.system, file: '/nowhere/compose.yml' } }
  expect(() => storedSystem(gone, {})).toThrow(expect.objectContaining({ code: 'COMPOSE_FILE_MISSING' }))
})
