import { describe, expect, test } from 'vitest'
import { startMirrorApp } from '../testing/apps.ts'
import { closedPort } from '../testing/servers.ts'
import { appAt, startGateway } from '../testing/start-gateway.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'

async function ask(headers: Record<string, string>) {
  const app = await startMirrorApp()
  const gateway = await startGateway([appAt(app.port)])
  const answer = await fetch(gateway.url, { headers })
  return { answer, seen: (await answer.json()) as Record<string, string> }
}

describe('the request id', () => {
  test("the client's goes to the app and back", async () => {
    const { answer, seen } = await ask({ 'x-request-id': 'order-7.2_a' })
    expect([seen['x-request-id'], answer.headers.get('x-request-id')]).toEqual(['order-7.2_a', 'order-7.2_a'])
  })

  test.each([[undefined], ['with a space'], ['{"forged":"line"}'], ['x'.repeat(129)]])(
    '%s: a new one is made',
    async given => {
      const { answer, seen } = await ask(given === undefined ? {} : { 'x-request-id': given })
      expect(seen['x-request-id']).toMatch(/^[0-9a-f]{32}$/)
      expect(answer.headers.get('x-request-id')).toBe(seen['x-request-id'])
    },
  )

  test('is on refusals and in the log', async () => {
    const gateway = await startGateway([appAt(await closedPort())])
    const traceparent = `00-${TRACE}-b7ad6b7169203331-01`
    const answer = await fetch(gateway.url, { headers: { 'x-request-id': 'r-1', traceparent } })
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([503, 'r-1'])
    for (const { fields } of gateway.logged.filter(({ event }) => event.endsWith('-failed'))) {
      expect(fields).toMatchObject({ request_id: 'r-1', trace_id: TRACE, route: 'all' })
    }
  })
})

test('the app gets a span of the gateway in the trace of the client, and its state', async () => {
  const { seen } = await ask({
    traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
    tracestate: 'rojo=1, congo=2',
  })
  expect(seen['traceparent']).toMatch(new RegExp(`^00-${TRACE}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`))
  expect(seen['tracestate']).toBe('rojo=1,congo=2')
})

test('a trace that is none is not handed on, nor its state', async () => {
  const { seen } = await ask({
    traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    tracestate: 'rojo=1',
  })
  expect(seen['traceparent']).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  expect(seen).not.toHaveProperty('tracestate')
})
