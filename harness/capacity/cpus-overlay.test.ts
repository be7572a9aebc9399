import { expect, test } from 'vitest'
import type { ComposeProject } from '../system/compose-config.ts'
import { cpuSharesOf, cpusOverlay } from './cpus-overlay.ts'

const keys = { zone: 'zone', tier: 'tier' }
const service = (name: string, labels: Record<string, string>) => ({
  name,
  replicas: 1,
  labels,
  publishedPorts: [],
})
const project: ComposeProject = {
  name: 'shop',
  file: '/shop/docker-compose.yml',
  directory: '/shop',
  resolved: JSON.stringify({
    services: { lb: {}, gw: {}, app: { deploy: { resources: { limits: { cpus: 2 } } } } },
  }),
  services: [
    service('lb', {}),
    service('gw', { zone: 'a', tier: 'gateway', 'zonefall.capacity-cpus': '0.2' }),
    service('app', { zone: 'a', tier: 'app' }),
  ],
  fixedVolumes: [],
}

test('the labels say it, unless it is asked for; then it is the tier’s, or everything’s that has a zone', () => {
  expect(cpuSharesOf(project, keys, undefined)).toEqual([{ cpus: 0.2, services: ['gw'] }])
  expect(cpuSharesOf(project, keys, { cpus: 0.5, tier: undefined })).toEqual([
    { cpus: 0.5, services: ['gw', 'app'] },
  ])
  expect(cpuSharesOf(project, keys, { cpus: 0.5, tier: 'app' })).toEqual([{ cpus: 0.5, services: ['app'] }])
})

test('it stands where the file has it already, since Compose refuses two places', () => {
  const text = cpusOverlay([{ cpus: 0.5, services: ['gw', 'app'] }], project)
  expect(JSON.parse(text ?? '')).toEqual({
    services: { gw: { cpus: 0.5 }, app: { deploy: { resources: { limits: { cpus: '0.5' } } } } },
  })
  expect(cpusOverlay([], project)).toBeUndefined()
})

test('a tier that there is not, and a label that is no number, are told in one line', () => {
  expect(() => cpuSharesOf(project, keys, { cpus: 1, tier: 'web' })).toThrow(
    'No service is of the tier `web`',
  )
  const wrong = { ...project, services: [service('gw', { 'zonefall.capacity-cpus': 'two' })] }
  expect(() => cpuSharesOf(wrong, keys, undefined)).toThrow('of gw is `two`, which is no number of CPUs')
})
