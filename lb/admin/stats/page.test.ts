import { expect, test } from 'vitest'
import { send, startBalancer } from '../../testing/start-balancer.ts'
import { startServer } from '../../testing/test-server.ts'
import { age } from './page-columns.ts'

test('the page: every row, nothing from elsewhere, nothing that a name could break', async () => {
  await using server = await startServer()
  await using lb = await startBalancer([server], { frontend: { name: '<edge & "co">' } })
  await send(lb.trafficPort)
  const { status, headers, body } = await send(lb.adminPort, { path: '/stats' })
  expect(status).toBe(200)
  expect(headers['content-type']).toBe('text/html; charset=utf-8')
  expect(headers['refresh']).toBe('5')
  expect(headers['content-security-policy']).toContain("default-src 'none'; style-src 'sha256-")
  for (const name of ['FRONTEND', 's0', 'BACKEND']) expect(body).toContain(`<td>${name}</td>`)
  expect(body).toContain('&lt;edge &amp; &quot;co&quot;&gt;')
  expect(body).not.toMatch(/<script|<img|<link|https?:|url\(/)
  expect(body).toContain('L7OK/200 in ')
  expect(body).toContain('prefers-color-scheme: dark')
})

test.each([
  [0, '0 s'],
  [61, '1 min 1 s'],
  [3_660, '1 h 1 min'],
  [90_000, '1 d 1 h'],
])('%i seconds: %s', (seconds, text) => expect(age(seconds)).toBe(text))
