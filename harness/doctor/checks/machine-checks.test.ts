import { describe, expect, it, test } from 'vitest'
import { GIB, MIB } from '../bytes.ts'
import { parseResources } from '../resources-script.ts'
import { judgeCpus } from './cpus.ts'
import { judgeDiskThrottle } from './disk-throttle.ts'
import { judgeEngineDisk } from './engine-disk.ts'
import { judgeInotify } from './inotify.ts'
import { judgeLeftovers } from './leftovers.ts'
import { judgeLoadAverage } from './load-average.ts'
import { judgeMemory } from './memory.ts'
import { judgeOpenFiles } from './open-files.ts'
import { judgePorts } from './ports.ts'
import { judgePrecision } from './prober-precision.ts'
import { judgeResultsDisk } from './results-disk.ts'

describe('what the engine’s side says of itself', () => {
  const output = `overlay          102626232  17203800  80163168      18% /
MemAvailable:   23611000 kB
inotify 128
throttle 1
`

  it('is read', () => {
    expect(parseResources(output)).toEqual({
      diskFreeBytes: 80163168 * 1024,
      memoryFreeBytes: 23611000 * 1024,
      inotifyInstances: 128,
      diskThrottleFiles: 1,
    })
  })

  it('a figure that is missing is no figure', () => {
    expect(() => parseResources(output.replace(/^Mem.*\n/m, ''))).toThrow('did not tell its memory')
  })
})

test.each([
  [80 * GIB, 'fine'],
  [1 * GIB, 'limited'],
  [100 * MIB, 'broken'],
])('%d bytes free on the engine’s disk', (free, status) => {
  expect(judgeEngineDisk(free).status).toBe(status)
})

test.each([
  [80 * GIB, 'fine'],
  [100 * MIB, 'limited'],
  [1 * MIB, 'broken'],
])('%d bytes free for results', (free, status) => {
  expect(judgeResultsDisk('/home/me/zonefall', free).status).toBe(status)
})

test.each([
  [1, 'fine'],
  [0, 'limited'],
])('%d files to limit disks by', (files, status) => {
  expect(judgeDiskThrottle(files).status).toBe(status)
})

test.each([
  [4 * GIB, 'fine'],
  [1 * GIB, 'limited'],
  [300 * MIB, 'broken'],
])('%d bytes of memory free', (free, status) => {
  expect(judgeMemory(free, 8 * GIB).status).toBe(status)
})

test.each([
  [2, 2, 'fine'],
  [8, undefined, 'fine'],
  [1, 1, 'limited'],
  [8, 1, 'limited'],
] as const)('%d CPUs here, %s on the engine’s side', (here, engine, status) => {
  expect(judgeCpus(here, engine).status).toBe(status)
})

test.each([
  [0.3, 2, 'fine'],
  [1.4, 2, 'fine'],
  [4.5, 2, 'limited'],
])('a load average of %d on %d cores', (load, cores, status) => {
  expect(judgeLoadAverage(load, cores).status).toBe(status)
})

test.each([
  ['unlimited', 'fine'],
  ['1024', 'fine'],
  ['512', 'limited'],
  ['64', 'broken'],
  ['what?', 'broken'],
])('%s open files', (limit, status) => {
  expect(judgeOpenFiles(limit).status).toBe(status)
})

test.each([
  [128, 'fine'],
  [8, 'limited'],
])('%d inotify instances', (instances, status) => {
  expect(judgeInotify(instances).status).toBe(status)
})

describe('the prober’s schedule', () => {
  it('the latest counts', () => {
    expect(judgePrecision([0.1, 0.2, 1.5])).toMatchObject({
      status: 'fine',
      detail: 'late by 0.20 ms in the median, 1.5 ms at most (3 probes in 0.5 s)',
    })
    expect(judgePrecision([0.1, 0.2, 12]).status).toBe('limited')
  })

  it('without a probe nothing is known', () => {
    expect(() => judgePrecision([])).toThrow('no probe became due')
  })
})

describe('ports', () => {
  const free = { setting: 'ZONEFALL_PORT', value: '', trouble: undefined }

  it('the engine chooses them unless they are set', () => {
    expect(judgePorts([free]).detail).toBe('any free one on 127.0.0.1')
    expect(judgePorts([{ ...free, value: '8080' }]).detail).toBe('127.0.0.1:8080 free')
  })

  it('one that is taken is named with its setting', () => {
    expect(judgePorts([free, { ...free, value: '8080', trouble: 'taken' }])).toMatchObject({
      status: 'broken',
      detail: '127.0.0.1:8080 (ZONEFALL_PORT): taken.',
    })
  })
})

describe('leftovers', () => {
  it('none', () => {
    expect(judgeLeftovers([]).status).toBe('fine')
  })

  it('what is still to undo is named, and who mends it', () => {
    const entries = [{ kind: 'start-container', id: 'c1', name: 'shop-web-1' }] as const
    expect(judgeLeftovers([{ project: 'zonefall-shop', journal: '/state/x.undo', entries }])).toEqual({
      status: 'broken',
      detail: 'Runs that died have left things to undo (zonefall-shop: start shop-web-1).',
      advice: 'Run `zonefall cleanup`.',
    })
  })
})
