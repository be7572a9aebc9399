import http from 'node:http'
import { expect, test, vi } from 'vitest'
import { closedPort, startHttp } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'

test('an app that says it is not ready leaves the rotation, and comes back', async () => {
  let status = 200
  const app = await startHttp((_req, res) => res.writeHead(status).end())
  const gateway = await startGateway([appAt(app.port)])
  await gateway.watch()
  const health = () => gateway.context.apps[0]?.health
  expect(health()).toEqual({ kind: 'up', failures: 0 })
  status = 503
  await vi.waitFor(() => expect(health()).toMatchObject({ kind: 'down', cause: 'check-unready' }))
  status = 200
  await vi.waitFor(() => expect(health()?.kind).toBe('up'))
  expect(gateway.logged.map(line => `${line.event} ${line.fields['kind']}`)).toEqual([
    'app-health down',
    'app-health up',
  ])
})

test('an app that accepts and says nothing falls silent, and its waiting requests are told', async () => {
  const app = await startHttp(req => req.resume())
  const gateway = await startGateway([appAt(app.port)], { checkTimeoutMs: 30 })
  const silenced = gateway.context.apps[0]?.silenced
  await gateway.watch()
  await vi.waitFor(() => expect(silenced?.aborted).toBe(true))
  expect(gateway.context.apps[0]?.health).toMatchObject({ kind: 'down', cause: 'check-failed' })
})

test('an app that was not there is found when it comes', async () => {
  const port = await closedPort()
  const gateway = await startGateway([appAt(port)])
  await gateway.watch()
  expect(gateway.context.apps[0]?.health).toMatchObject({ kind: 'down', cause: 'unreachable' })
  const late = http.createServer((_req, res) => res.end())
  await new Promise<void>(resolve => late.listen(port, '127.0.0.1', resolve))
  await vi.waitFor(() => expect(gateway.context.apps[0]?.health.kind).toBe('up'))
  late.close()
  late.closeAllConnections()
})

test('readiness tells the apps that are up and does not depend on them', async () => {
  const gateway = await startGateway([appAt(await closedPort()), appAt(await closedPort(), 'app-b')])
  await gateway.watch()
  const ready = await fetch(`${gateway.url}/readyz`)
  expect(ready.status).toBe(200)
  expect(await ready.json()).toEqual({ ready: true, phase: 'serving', apps: { up: 0, of: 2 } })
})
