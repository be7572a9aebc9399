import { expect, test } from 'vitest'
import { isLoopback } from '../traffic/loopback.ts'
import type { ComposeProject, ComposeService } from './compose-config.ts'
import { parseEntryUrl, planEntry } from './entry-point.ts'

const projectOf = (services: ComposeService[]): ComposeProject => ({
  name: 'p',
  file: '/p/docker-compose.yml',
  directory: '/p',
  resolved: '',
  services,
  fixedVolumes: [],
})
const service = (name: string, publishedPorts: number[], labels = {}): ComposeService => ({
  name,
  replicas: 1,
  labels,
  publishedPorts,
})

test.each(['127.0.0.1', '127.8.9.10', 'localhost', '[::1]', '::1'])('%s is loopback', host => {
  expect(isLoopback(host)).toBe(true)
})

test.each(['10.0.0.1', '0.0.0.0', '128.0.0.1', 'example.org', '127.0.0.1.example.org', '[::2]'])(
  '%s is not',
  host => {
    expect(isLoopback(host)).toBe(false)
  },
)

test('a URL elsewhere is refused', () => {
  expect(() => parseEntryUrl('http://10.0.0.1/')).toThrow('10.0.0.1 is not a loopback address.')
  expect(() => parseEntryUrl('localhost:8080')).toThrow(/must start with http/)
  expect(() => parseEntryUrl('nonsense')).toThrow(/cannot read/)
  expect(parseEntryUrl('http://127.0.0.1:8080/x').port).toBe('8080')
})

test('the one published port is the entry; a label decides among several', () => {
  expect(planEntry(projectOf([service('web', []), service('proxy', [80])]))).toEqual({
    service: 'proxy',
    port: 80,
  })
  const two = [service('admin', [9000]), service('proxy', [80])]
  expect(() => planEntry(projectOf(two))).toThrow('published TCP ports are admin:9000, proxy:80')
  const labelled = [service('admin', [9000]), service('proxy', [80, 443], { 'zonefall.entry-port': '80' })]
  expect(planEntry(projectOf(labelled))).toEqual({ service: 'proxy', port: 80 })
})
