import { expect, test } from 'vitest'
import { historyOf } from '../analysis/testing/history-builder.ts'
import type { ContainerState } from '../docker/containers.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'
import { rerunFlags } from './rerun-flags.ts'
import { memberOf, requireMembers, transplant } from './transplant.ts'
import { ranWithout } from './without.ts'

const KEYS = { zone: 'zonefall.zone', tier: 'zonefall.tier' }

function ref(service: string, number: number) {
  const id = `${service}${number}`.padEnd(64, '0')
  return { id, name: `old-${service}-${number}`, service, zone: null, tier: null }
}

/** As the engine tells of it now: only what is asked for here. */
function running(service: string, number: number): ContainerState {
  const labels = { 'zonefall.zone': 'z', 'zonefall.tier': 'web' }
  return {
    id: `new-${service}${number}`,
    name: `new-${service}-${number}`,
    service,
    number,
    labels,
  } as unknown as ContainerState
}

const { plan: base } = historyOf()
const fault = { kind: 'kill', effect: 'silence' } as const
const plan: TrialPlan = {
  ...base,
  target: ref('web', 1),
  alsoStruck: [ref('db', 1)],
  peers: [ref('web', 1), ref('web', 2)],
  otherPeers: [[ref('db', 1)]],
  strikes: [
    { entry: 0, fault, target: ref('web', 1), atMs: 0, untilMs: 500 },
    { entry: 1, fault, target: ref('db', 1), atMs: 100, untilMs: 500 },
  ],
}

test('every container of a plan becomes the one that stands in its place now', () => {
  const moved = transplant(plan, [running('db', 1), running('web', 2), running('web', 1)], KEYS)
  expect(moved.target).toEqual({ id: 'new-web1', name: 'new-web-1', service: 'web', zone: 'z', tier: 'web' })
  expect(JSON.stringify(moved)).not.toContain('old-')
  expect(moved.strikes?.map(({ target }) => target.id)).toEqual(['new-web1', 'new-db1'])
  expect(moved.otherPeers?.[0]?.[0]?.id).toBe('new-db1')
  expect({ ...moved, ...plan }).toEqual(plan)
})

test('a system without one of them is refused, by name', () => {
  const members = [memberOf(ref('web', 1)), memberOf(ref('web', 2))]
  expect(() => requireMembers(plan, members)).toThrow(
    'The stored plan speaks of db-1, which this system has not: it has web-1, web-2.',
  )
  requireMembers(plan, [...members, memberOf(ref('db', 1))])
})

test('the flags of the stored run are read from its command line', () => {
  expect(
    rerunFlags(
      'npx zonefall run x.yaml -f a.yml --url http://127.0.0.1:1/x --zone-label example.zone --seed 7',
    ),
  ).toEqual({
    url: 'http://127.0.0.1:1/x',
    zoneLabel: 'example.zone',
  })
  expect(rerunFlags('npx zonefall run gateway-kill --seed 7')).toEqual({})
})

test('what it ran without is what the manifest says; in older ones, who has no log', () => {
  const members = [ref('web', 1), ref('web', 2), ref('db', 1)].map(memberOf)
  const stored = (containers: string[], without?: string[]) => {
    const system = { project: 'old', file: '', resolvedSha256: '', ...(without ? { without } : {}) }
    return { manifest: { system }, containers } as unknown as Parameters<typeof ranWithout>[0]
  }
  const names = (...args: Parameters<typeof ranWithout>) =>
    ranWithout(...args).map(({ service, number }) => `${service}-${number}`)
  expect(names(stored([], ['web-2', 'gone-1']), members, 'another')).toEqual(['web-2'])
  const logs = ['old-web-1', 'old-db-1']
  expect(names(stored(logs), members, 'the same')).toEqual(['web-2'])
  expect(names(stored(logs), members, 'another')).toEqual([])
  expect(names(stored(['old-web-1', 'a-name-of-its-own']), members, 'the same')).toEqual([])
})
