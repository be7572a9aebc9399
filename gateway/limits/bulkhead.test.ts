import { expect, test, vi } from 'vitest'
import { startManualApp } from '../testing/apps.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'
import { DEADLINE_HEADER } from './deadline.ts'

const ROUTES = `
upstreams:
  slow: { bulkhead: { concurrent: 2, queued: 1 } }
  fast: {}
routes:
  - { name: slow, path: /slow, upstream: slow }
  - { name: fast, path: /fast, upstream: fast }
`

/** A gateway with two requests inside one bulkhead, neither of them answered yet. */
async function startFull() {
  const app = await startManualApp()
  const gateway = await startGateway([appAt(app.port)], { routes: ROUTES })
  const slow = (init: RequestInit = {}) => fetch(`${gateway.url}/slow`, init)
  const inside = [slow(), slow()]
  await vi.waitFor(() => expect(app.answers).toHaveLength(2))
  const use = () => gateway.context.upstreams.find(({ name }) => name === 'slow')?.bulkhead.use
  return { ...gateway, app, slow, inside, use }
}

test('one more waits for a place, the next is turned away, another upstream of the same app is not touched', async () => {
  const { app, slow, inside, use, url } = await startFull()
  const waiting = slow()
  await vi.waitFor(() => expect(use()).toEqual({ active: 2, waiting: 1 }))
  const full = await slow()
  expect(full.status).toBe(503)
  expect(full.headers.get('x-zonefall-gateway-error')).toBe('upstream-full')
  expect(full.headers.get('retry-after')).toBe('1')
  const fast = fetch(`${url}/fast`)
  await vi.waitFor(() => expect(app.answers).toHaveLength(3))
  app.answers[2]?.()
  expect((await fast).status).toBe(200)

  app.answers[0]?.()
  await vi.waitFor(() => expect(app.answers).toHaveLength(4))
  for (const answer of app.answers) answer()
  for (const one of [...inside, waiting]) expect((await one).status).toBe(200)
  await vi.waitFor(() => expect(use()).toEqual({ active: 0, waiting: 0 }))
})

test('who waits does so no longer than its deadline', async () => {
  const { slow, app, inside } = await startFull()
  const answer = await slow({ headers: { [DEADLINE_HEADER]: '50' } })
  expect([answer.status, answer.headers.get('x-zonefall-gateway-error')]).toEqual([504, 'deadline-passed'])
  for (const one of app.answers) one()
  await Promise.all(inside)
  expect(app.answers).toHaveLength(2)
})

test('a client that left the queue is not asked for when its turn comes', async () => {
  const { slow, app, inside, use, context } = await startFull()
  const leave = new AbortController()
  const left = slow({ signal: leave.signal }).catch(() => 'left')
  await vi.waitFor(() => expect(use()).toEqual({ active: 2, waiting: 1 }))
  leave.abort()
  expect(await left).toBe('left')
  await vi.waitFor(() => expect(context.shedder.inFlight).toBe(2))
  for (const answer of app.answers) answer()
  await Promise.all(inside)
  await vi.waitFor(() => expect(use()).toEqual({ active: 0, waiting: 0 }))
  expect(app.answers).toHaveLength(2)
})
