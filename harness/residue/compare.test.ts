import { expect, test } from 'vitest'
import type { ContainerSettings } from '../docker/inventory.ts'
import { compare } from './compare.ts'
import type { NamespaceReading, Snapshot } from './snapshot.ts'

const WEB: ContainerSettings = {
  id: 'a1',
  name: 'web-1',
  service: 'web',
  number: 1,
  status: 'running',
  exitCode: 0,
  restartPolicy: 'always',
  limits: { Memory: '0', CpuShares: '512' },
  networks: [{ network: 'back', aliases: ['web'], addresses: ['10.0.0.2'] }],
  configuration: 'c1',
}
const fact = (words: string, network?: string) => ({ key: words, words, network })
const QUIET: NamespaceReading = { kind: 'read', facts: [fact('interface eth0', 'back')] }

const snapshot = (
  container: Partial<ContainerSettings> = {},
  namespace: NamespaceReading = QUIET,
): Snapshot => ({
  containers: [{ ...WEB, ...container }],
  others: [{ kind: 'container', id: 'f1', name: 'foreign', state: 'running on bridge' }],
  namespaces: new Map([['web-1', namespace]]),
})
const residue = (after: Snapshot) => compare(snapshot(), after).residue

test('a system that is as it was, but for its addresses, has no residue', () => {
  const restarted = snapshot({ networks: [{ network: 'back', aliases: ['web'], addresses: ['10.0.0.9'] }] })
  expect(compare(snapshot(), restarted)).toEqual({ residue: [], remarks: [] })
})

test.each([
  [{ status: 'paused' }, 'web-1: paused, was running'],
  [{ status: 'exited', exitCode: 137 }, 'web-1: exited with 137, was running'],
  [{ restartPolicy: 'no' }, 'web-1: restart policy no, was always'],
  [{ limits: { Memory: '9', CpuShares: '512' } }, 'web-1: limit Memory 9, was not set'],
  [{ limits: { Memory: '0', CpuShares: '0' } }, 'web-1: limit CpuShares not set, was 512'],
  [{ id: 'a2' }, 'web-1: replaced by another container of the same name'],
  [{ networks: [] }, 'web-1: no longer connected to the network back'],
  [{ networks: [{ network: 'back', aliases: [], addresses: [] }] }, 'web-1: aliases in back none, were web'],
] as const)('%j is named: %s', (change, words) => {
  expect(residue(snapshot(change))).toEqual([words])
})

test('one that the fault replaced is held against what stands in its place now', () => {
  const replacedBy = (change: Partial<ContainerSettings>) =>
    compare(snapshot(), snapshot({ id: 'a2', ...change }), ['web-1']).residue
  expect(replacedBy({})).toEqual([])
  expect(replacedBy({ configuration: 'c2' })).toEqual([
    'web-1: replaced by a container of another configuration',
  ])
  expect(replacedBy({ status: 'exited', exitCode: 1 })).toEqual(['web-1: exited with 1, was running'])
})

test('an init job that has ended by itself with 0 is no residue; a server that was stopped is', () => {
  const bystander = (container: Partial<ContainerSettings>) => ({
    ...snapshot(container),
    namespaces: new Map(),
  })
  const exited = { status: 'exited', exitCode: 0 }
  const job = { restartPolicy: 'on-failure:3' }
  const words = ['web-1: exited with 0, was running']
  expect(compare(bystander(job), bystander({ ...job, ...exited })).residue).toEqual([])
  expect(compare(bystander({}), bystander(exited)).residue).toEqual(words)
  expect(compare(snapshot(job), snapshot({ ...job, ...exited })).residue).toEqual(words)
})

test('a container that is gone, and one that is new', () => {
  const other = { ...snapshot(), containers: [{ ...WEB, name: 'web-2' }] }
  expect(residue(other)).toEqual(['web-1: removed by somebody during the run', 'web-2: was not there before'])
})

test('what came and what went in a namespace, each as often as it is there', () => {
  const now: NamespaceReading = { kind: 'read', facts: [fact('rule x'), fact('rule x')] }
  const was: NamespaceReading = { kind: 'read', facts: [fact('rule x'), fact('route y')] }
  expect(compare(snapshot({}, was), snapshot({}, now)).residue).toEqual([
    'web-1: rule x that was not there before',
    'web-1: route y that is gone',
  ])
})

test('a network that was joined is named once, not with all that hangs on its interface', () => {
  const networks = [...WEB.networks, { network: 'extra', aliases: [], addresses: ['10.1.0.2'] }]
  const now: NamespaceReading = {
    kind: 'read',
    facts: [fact('interface eth0', 'back'), fact('interface eth1', 'extra')],
  }
  expect(residue(snapshot({ networks }, now))).toEqual([
    'web-1: connected to the network extra, which it was not before',
  ])
})

test('a namespace that could be read before and cannot be read now is never taken for clean', () => {
  const unread: NamespaceReading = { kind: 'unread', reason: 'no tc' }
  const words = 'web-1: its network could not be looked into: no tc'
  expect(compare(snapshot(), snapshot({}, unread))).toEqual({ residue: [words], remarks: [] })
  expect(compare(snapshot({}, unread), snapshot({}, unread))).toEqual({ residue: [], remarks: [words] })
})

test('what changes outside the run is a remark: nobody can tell who did it', () => {
  const others = [{ kind: 'container' as const, id: 'f1', name: 'foreign', state: 'exited on bridge' }]
  expect(compare(snapshot(), { ...snapshot(), others })).toEqual({
    residue: [],
    remarks: ['container foreign, outside this run: exited on bridge, was running on bridge'],
  })
})
