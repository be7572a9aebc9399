import { expect, test } from 'vitest'
import type { ContainerState } from '../docker/containers.ts'
import type { ContainerRef } from '../history/event.ts'
import { ServerMatcher } from './server-matcher.ts'

const container = (id: string, service: string, number: number, ...addresses: string[]): ContainerState => ({
  id,
  name: `shop-${service}-${number}`,
  service,
  number,
  labels: {},
  status: 'running',
  health: 'none',
  healthCheck: [],
  exitCode: 0,
  oomKilled: false,
  networkMode: 'shop_default',
  restartCount: 0,
  pid: 1,
  startedNs: 1n,
  finishedNs: 0n,
  ports: [],
  addresses,
})
const web1 = container('a1', 'web', 1, '10.0.0.2')
const web2 = container('b2', 'web', 2, '10.0.0.3')
const api = container('c3', 'api', 1, '10.0.0.4', 'fd00::4')
const containers = [web1, web2, api]
const references = containers.map(
  ({ id, name, service }): ContainerRef => ({ id, name, service, zone: null, tier: null }),
)
const matcher = () => new ServerMatcher(containers, references)

test.each([
  ['web/s1', '10.0.0.3:8080', 'b2'], // where the traffic goes, whatever it is called
  ['back/api', '10.0.0.2:8080', 'a1'],
  ['back/s2', '[fd00::4]:80', 'c3'],
  ['back/api', '10.0.0.9:8080', 'c3'], // an address that nobody has: by the service
  ['api', null, 'c3'],
  ['back/web-2', null, 'b2'],
  ['shop-web-1', null, 'a1'],
  ['back/web', null, undefined], // a service of two containers
  ['gateways/a', null, undefined], // the first letter of an id is no name
  ['web/1', null, undefined], // every service has a first
  ['back/1', null, undefined],
] as const)('%s at %s is %s', (server, address, id) => {
  expect(matcher().containerOf({ server, address })?.id).toBe(id)
})

test('a container that was started again may have another’s address', () => {
  const after = matcher()
  after.learn({ ...web1, addresses: ['10.0.0.7'] })
  after.learn({ ...web2, addresses: ['10.0.0.2'] })
  expect(after.containerOf({ server: 'web/s1', address: '10.0.0.2:80' })?.id).toBe('b2')
})
