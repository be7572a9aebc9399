import { expect, test } from 'vitest'
import type { ContainerRef } from '../history/event.ts'
import type { Deed } from './deed.ts'
import { interpret } from './interpret.ts'

const web: ContainerRef = { id: 'w'.repeat(64), name: 'shop-web-1', service: 'web', zone: null, tier: null }
const db: ContainerRef = { id: 'd'.repeat(64), name: 'shop-db-1', service: 'db', zone: null, tier: null }

const ALONE = { networksOf: new Map([[web.id, ['back']]]), servicesIn: new Map([['back', ['web', 'db']]]) }

/** `[ms, action, more]`, of the web container unless it says another. */
function told(...lines: readonly (readonly [atMs: number, action: string, more?: Partial<Deed>])[]): Deed[] {
  return lines.map(([atMs, action, more]) => ({
    container: web,
    atUs: atMs * 1000,
    errorUs: 100,
    action,
    ...more,
  }))
}

/** What a person would say of it: kind, from, to. */
function said(deeds: readonly Deed[], attachments = ALONE) {
  const { strikes, untold } = interpret(deeds, attachments)
  return {
    strikes: strikes.map(({ kind, parameters, target, began, ended }) => [
      kind,
      ...(Object.keys(parameters).length > 0 ? [parameters] : []),
      target.service,
      began.atUs / 1000,
      ended && ended.atUs / 1000,
    ]),
    untold,
  }
}

const KILLED = told(
  [1000, 'kill', { signal: 9 }],
  [1030, 'die', { exitCode: 137 }],
  [1090, 'disconnect', { network: 'back' }],
)
const STARTED = told([3000, 'connect', { network: 'back' }], [3200, 'start'])

test('docker kill, and docker start: down from the signal to the order to start', () => {
  expect(said([...KILLED, ...STARTED])).toEqual({ strikes: [['kill', 'web', 1000, 3000]], untold: [] })
})

test('what was not started again was down to the end', () => {
  expect(said(KILLED)).toEqual({ strikes: [['kill', 'web', 1000, null]], untold: [] })
})

test('docker stop in good time, and docker stop whose grace period ran out', () => {
  const stopped = told([0, 'kill', { signal: 15 }], [200, 'die', { exitCode: 0 }], [210, 'stop'])
  expect(said(stopped).strikes).toEqual([['stop', 'web', 0, null]])
  const killed = told(
    [0, 'kill', { signal: 15 }],
    [2010, 'kill', { signal: 9 }],
    [2030, 'die', { exitCode: 137 }],
    [2040, 'stop'],
    [5000, 'start'],
  )
  expect(said(killed).strikes).toEqual([['stop', { timeoutSeconds: 2 }, 'web', 0, 5000]])
})

test('docker restart is one deed, and what comes after it another', () => {
  const restarted = told(
    [0, 'kill', { signal: 15 }],
    [100, 'die', { exitCode: 0 }],
    [110, 'stop'],
    [200, 'connect', { network: 'back' }],
    [400, 'start'],
    [401, 'restart'],
    [2000, 'pause'],
    [2500, 'unpause'],
  )
  expect(said(restarted)).toEqual({
    strikes: [
      ['restart', 'web', 0, 200],
      ['pause', 'web', 2000, 2500],
    ],
    untold: [],
  })
})

test('docker rm --force, and another container in its place', () => {
  const removed = told([50, 'destroy'])
  expect(
    said([...KILLED, ...removed.map(deed => ({ ...deed, atUs: 1_100_000 })), ...STARTED]).strikes,
  ).toEqual([['remove', 'web', 1000, 3000]])
})

test('what dies by itself crashed, or ran out of memory; the restart policy brings it back', () => {
  const crashed = told([10, 'die', { exitCode: 137 }], [60, 'connect', { network: 'back' }], [300, 'start'])
  expect(said(crashed).strikes).toEqual([['crash', 'web', 10, 60]])
  expect(said(told([5, 'oom'], [10, 'die', { exitCode: 137 }], [300, 'start'])).strikes).toEqual([
    ['oom', 'web', 5, 300],
  ])
})

test('two containers, each with deeds of its own, in order of their beginnings', () => {
  const dbPaused = told([500, 'pause'], [4000, 'unpause']).map(deed => ({ ...deed, container: db }))
  expect(said([...KILLED, ...dbPaused, ...STARTED]).strikes).toEqual([
    ['pause', 'db', 500, 4000],
    ['kill', 'web', 1000, 3000],
  ])
})

test('killed, started and killed again is two strikes', () => {
  const again = KILLED.map(deed => ({ ...deed, atUs: deed.atUs + 9_000_000 }))
  expect(said([...KILLED, ...STARTED, ...again]).strikes).toEqual([
    ['kill', 'web', 1000, 3000],
    ['kill', 'web', 10_000, null],
  ])
})

test('out of its only network: cut off from everything; told twice is done once', () => {
  const left = told([0, 'disconnect', { network: 'back' }], [2, 'disconnect', { network: 'back' }])
  expect(said([...left, ...told([900, 'connect', { network: 'back' }])])).toEqual({
    strikes: [['cut', 'web', 0, 900]],
    untold: [],
  })
})

test('out of one of two networks: cut off from the one service there, or it is said that no fault does it', () => {
  const left = told([0, 'disconnect', { network: 'back' }])
  const both = (back: string[], front: string[]) => ({
    networksOf: new Map([[web.id, ['front', 'back']]]),
    servicesIn: new Map([
      ['back', back],
      ['front', front],
    ]),
  })
  expect(said(left, both(['web', 'db'], ['web', 'lb'])).strikes).toEqual([
    ['cut', { from: { service: 'db' } }, 'web', 0, null],
  ])
  const many = said(left, both(['web', 'db', 'cache'], ['web', 'lb']))
  expect(many.strikes).toEqual([])
  expect(many.untold).toEqual([expect.stringContaining('disconnected from the network back')])
  expect(said(left, both(['web', 'db'], ['web', 'db'])).strikes).toEqual([])
})

test('what no fault does is told, and hides nothing of what comes after it', () => {
  const { strikes, untold } = said([
    ...told([0, 'kill', { signal: 1 }], [100, 'unpause'], [200, 'connect', { network: 'other' }]),
    ...told([300, 'update', { limits: { Memory: { before: '0', after: '1000' } } }], [400, 'pause']),
  ])
  expect(strikes).toEqual([['pause', 'web', 400, null]])
  expect(untold.toSorted()).toEqual([
    'shop-web-1 was connected to other: no fault does that.',
    'shop-web-1 was sent signal 1 and went on: no fault does that.',
    'shop-web-1 was unpaused, and had been paused before the record began.',
    'shop-web-1 was updated (Memory 0 → 1000): no fault does that.',
  ])
})

test('signals that it survived, and the one that ended it, are told apart', () => {
  const { strikes, untold } = said([
    ...told([0, 'kill', { signal: 1 }], [500, 'pause'], [600, 'unpause'], [900, 'kill', { signal: 1 }]),
    ...KILLED,
  ])
  expect(strikes).toEqual([
    ['pause', 'web', 500, 600],
    ['kill', 'web', 1000, null],
  ])
  expect(untold).toEqual(Array(2).fill('shop-web-1 was sent signal 1 and went on: no fault does that.'))
})

test('killed while it is paused: the one ends where the other begins', () => {
  expect(said([...told([500, 'pause']), ...KILLED, ...STARTED]).strikes).toEqual([
    ['pause', 'web', 500, 1000],
    ['kill', 'web', 1000, 3000],
  ])
})

test('docker update to less CPU time is a limit until it is changed again; more of it is none', () => {
  const cpus = (atMs: number, before: number, after: number) =>
    told([atMs, 'update', { limits: { NanoCpus: { before: `${before}e9`, after: `${after}e9` } } }])
  expect(said([...cpus(0, 2, 0.5), ...cpus(700, 0.5, 2)])).toEqual({
    strikes: [['cpu-limit', { cpus: 0.5 }, 'web', 0, 700]],
    untold: [],
  })
  expect(said([...cpus(0, 0, 0.5), ...cpus(300, 0.5, 0.25)]).strikes).toEqual([
    ['cpu-limit', { cpus: 0.5 }, 'web', 0, 300],
    ['cpu-limit', { cpus: 0.25 }, 'web', 300, null],
  ])
  expect(said(cpus(0, 1, 2))).toEqual({
    strikes: [],
    untold: ['shop-web-1 was given more CPU time: no fault does that.'],
  })
  const quota = told([0, 'update', { limits: { CpuQuota: { before: '0', after: '20000' } } }])
  expect(said(quota).strikes).toEqual([['cpu-limit', { cpus: 0.2 }, 'web', 0, null]])
})
