import { once } from 'node:events'
import { expect, test } from 'vitest'
import { RawClient } from '../testing/raw-client.ts'
import { startHttp } from '../testing/servers.ts'
import { drain } from './drain.ts'

test('what is still in flight at the limit is cut', async () => {
  const { server, port } = await startHttp(req => req.resume())
  const client = await RawClient.connect(port)
  client.send('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(server, 'request')
  const told: string[] = []
  const outcome = await drain({ server, drainMs: 5, limitMs: 30, onDraining: () => told.push('draining') })
  expect([told, outcome]).toEqual([['draining'], 'cut'])
  await client.untilClosed()
})
