import { expect, test } from 'vitest'
import type { EngineInfo } from '../docker/engine.ts'
import { type Asked, decide } from './decide.ts'

const service = (name: string, labels: Record<string, string>, replicas = 1) => ({
  name,
  replicas,
  labels,
  publishedPorts: [],
})
const asked: Asked = {
  project: {
    name: 'shop',
    file: '/shop/docker-compose.yml',
    directory: '/shop',
    resolved: '{}',
    services: [service('lb', {}), service('web', { zone: 'a' }, 2), service('spare', { zone: 'b' })],
    fixedVolumes: [],
  },
  url: undefined,
  keys: { zone: 'zone', tier: 'tier' },
  instanceHeader: 'x-served-by',
  engine: {} as EngineInfo,
  version: '0.1.0',
  seed: 1,
  path: '/',
  fault: 'kill',
  zones: [],
  limits: { minSuccess: 0.999, maxP99Ms: 250 },
  from: 100,
  maxRate: 1000,
  resolution: 0.05,
  stepMs: 4000,
  peak: undefined,
  target: undefined,
  cpus: undefined,
}

test('all instances, then each zone with all that is in it; a peak below the first rate is where it begins', () => {
  const record = decide({ ...asked, peak: 60 })
  expect(record.conditions.map(({ zone, members }) => [zone, members.length])).toEqual([
    [null, 0],
    ['a', 2],
    ['b', 1],
  ])
  expect(record).toMatchObject({ from: 60, peak: 60, tiers: [{ tier: 'instance', zones: { a: 2, b: 1 } }] })
})

test('only the zones that are asked for, each once', () => {
  const { conditions } = decide({ ...asked, zones: ['b', 'b'] })
  expect(conditions.map(({ zone }) => zone)).toEqual([null, 'b'])
})

test.each([
  ['a zone that there is not', { zones: ['c'] }, 'There is no zone `c`. There are: a, b.'],
  ['no zones at all', { keys: { zone: 'rack', tier: 'tier' } }, 'zone label rack: there is no zone to lose'],
  ['a peak that may not be tried', { peak: 2000 }, 'The peak of 2000/s is above the highest rate'],
])('%s is refused', (_, more, line) => {
  expect(() => decide({ ...asked, ...more })).toThrow(line)
})
