import { mkdtemp, readFile, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startBalancerProcess } from '../lifecycle/testing/balancer-process.ts'
import { configText } from '../lifecycle/testing/config-text.ts'
import { openRaw } from '../testing/raw-exchange.ts'
import { send } from '../testing/start-balancer.ts'
import { answers, cutsBody, startServer } from '../testing/test-server.ts'

const POLL = { interval: 5, timeout: 8_000 }
const one = (address: string, top: string) => configText({ servers: [{ name: 'a', address }], top })

test('a line a request, with HAProxy’s timings and how it ended', async () => {
  await using server = await startServer(answers('12345'))
  await using lb = await startBalancerProcess(one(server.address, 'log: { access: {} }'))
  await lb.next('server-state')
  await send(lb.trafficPort, { path: '/thing?q=1', method: 'POST' }, 'body')
  server.behave = cutsBody('close', 'length')
  await send(lb.trafficPort)
  const good = await lb.next('request')
  expect(good).toMatchObject({
    ...{
      client: '127.0.0.1',
      method: 'POST',
      url: '/thing?q=1',
      server: 'a',
      status: 200,
      termination: '--',
    },
    ...{ retries: 0, redispatches: 0, hedges: 0 },
  })
  for (const name of ['Tq', 'Tw', 'Tc', 'Tr', 'Tt']) expect(good[name]).toBeGreaterThanOrEqual(0)
  expect(Number(good['Tt'])).toBeGreaterThanOrEqual(Number(good['Tr']))
  expect(good['bytes_in']).toBeGreaterThan(50)
  expect(good['bytes_out']).toBeGreaterThan(50)
  expect(await lb.next('request')).toMatchObject({ termination: 'SD', reason: 'answer-cut', status: 200 })
})

test('a client that leaves while a server has its request: CH, and nothing was told to it', async () => {
  await using server = await startServer(() => undefined)
  await using lb = await startBalancerProcess(one(server.address, 'log: { access: { sample: 0 } }'))
  await lb.next('server-state')
  const client = await openRaw(lb.trafficPort)
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await expect.poll(() => server.seen.length, POLL).toBe(1)
  client.destroy()
  expect(await lb.next('request')).toMatchObject({ termination: 'CH', status: 0, server: 'a', Tr: -1 })
})

test('a sample of what went well, all of what did not; without the setting, nothing', async () => {
  await using server = await startServer()
  await using lb = await startBalancerProcess(one(server.address, 'log: { access: { sample: 0 } }'))
  await lb.next('server-state')
  for (let i = 0; i < 20; i += 1) await send(lb.trafficPort)
  server.behave = answers('no', 500)
  await send(lb.trafficPort, { path: '/bad', method: 'POST' })
  expect(await lb.next('request')).toMatchObject({ url: '/bad', status: 500, termination: '--' })
  expect(lb.lines.filter(line => line['event'] === 'request')).toHaveLength(1)

  await using silent = await startBalancerProcess(one(server.address, ''))
  await silent.next('server-state')
  await send(silent.trafficPort)
  silent.signal('SIGTERM')
  await silent.next('stopped')
  expect(silent.lines.filter(line => line['event'] === 'request')).toEqual([])
})

test('a file that is moved away is opened anew with SIGHUP; one that cannot be is said', async () => {
  await using server = await startServer()
  const path = join(await mkdtemp(join(tmpdir(), 'lb-')), 'access.log')
  await using lb = await startBalancerProcess(one(server.address, `log: { access: { to: ${path} } }`))
  await lb.next('server-state')
  const urls = async (file: string) =>
    (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line).url)
  await send(lb.trafficPort, { path: '/before' })
  await expect.poll(() => urls(path), POLL).toEqual(['/before'])
  await rename(path, `${path}.1`)
  lb.signal('SIGHUP')
  await lb.next('reloaded')
  await send(lb.trafficPort, { path: '/after' })
  await expect.poll(() => urls(path).catch(() => []), POLL).toEqual(['/after'])
  expect(await urls(`${path}.1`)).toEqual(['/before'])

  await using other = await startBalancerProcess(
    one(server.address, 'log: { access: { to: /nowhere/access.log } }'),
  )
  expect(await other.next('access-log-failed')).toMatchObject({ to: '/nowhere/access.log' })
})
