import { expect, test } from 'vitest'
import type { Server } from '../server/server.ts'
import { planServers } from './server-changes.ts'

const wanted = (name: string, port: number, zone = 'z') => ({
  name,
  zone,
  address: { host: 'h', port },
  weight: 1,
})
const running = (name: string, port: number) => ({ name, zone: 'z', host: 'h', port }) as Server

test('the same name, zone and address is the same server; anything else is another one', () => {
  const [a, b, c] = [running('a', 1), running('b', 2), running('c', 3)]
  const { planned, removed } = planServers(
    [wanted('d', 4), wanted('a', 1), wanted('b', 9), wanted('c', 3, 'elsewhere')],
    [a, b, c],
  )
  expect(planned.map(one => one.running)).toEqual([undefined, a, undefined, undefined])
  expect(removed).toEqual([b, c])
})
