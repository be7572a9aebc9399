import { once } from 'node:events'
import { expect, test } from 'vitest'
import { openRaw, rawExchange } from '../../testing/raw-exchange.ts'
import { RARE_CHECKS, send, startBalancer } from '../../testing/start-balancer.ts'
import { answers, cutsBody, startServer } from '../../testing/test-server.ts'
import { statsCsv } from './csv.ts'
import { readStats } from './testing/read-stats.ts'

const POLL = { interval: 5, timeout: 8_000 }

test('after traffic, every row says what has passed', async () => {
  await using a = await startServer(answers('12345'))
  await using b = await startServer(answers('not here', 404))
  await using lb = await startBalancer([a, b])
  for (let i = 0; i < 10; i += 1) await send(lb.trafficPort, { path: '/thing' })
  await rawExchange(lb.trafficPort, 'GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n')
  const { adminPort } = lb
  await expect.poll(() => readStats(adminPort, 'FRONTEND'), POLL).toMatchObject({ scur: '0' })
  expect(await readStats(adminPort, 's0')).toMatchObject({
    ...{ pxname: 'tests', type: '2', status: 'UP', weight: '1', act: '1', bck: '0', addr: a.address },
    ...{ stot: '5', lbtot: '5', scur: '0', smax: '1', hrsp_2xx: '5', hrsp_4xx: '0', econ: '0', eresp: '0' },
    ...{ check_status: 'L7OK', check_code: '200', check_rise: '1', check_fall: '2', check_health: '2' },
    ...{ chkfail: '0', chkdown: '0', downtime: '0', lastsess: '0', wretr: '0', wredis: '0' },
  })
  expect(await readStats(adminPort, 's1')).toMatchObject({ hrsp_2xx: '0', hrsp_4xx: '5' })
  expect(await readStats(adminPort, 'BACKEND')).toMatchObject({
    ...{ type: '1', status: 'UP', act: '2', weight: '2', algo: 'roundrobin' },
    ...{ stot: '10', hrsp_2xx: '5', hrsp_4xx: '5', scur: '0', qcur: '0', qmax: '0' },
  })
  const frontend = await readStats(adminPort, 'FRONTEND')
  expect(frontend).toMatchObject({
    ...{ type: '0', status: 'OPEN', stot: '11', req_tot: '10', ereq: '1', hrsp_2xx: '5', hrsp_4xx: '5' },
    // What the frontend has no word for stays empty.
    ...{ qcur: '', weight: '', check_status: '', ttime: '' },
  })
  expect(Number(frontend['bin'])).toBeGreaterThan(10 * 'GET /thing HTTP/1.1'.length)
  expect(Number(frontend['bout'])).toBeGreaterThan(10 * 'HTTP/1.1 200 OK'.length)
})

test('what goes wrong is counted where it went wrong', async () => {
  await using dies = await startServer(answers('first'))
  await using cuts = await startServer(cutsBody('close', 'length'))
  await using lb = await startBalancer([dies, cuts], { check: RARE_CHECKS })
  await dies.die()
  for (let i = 0; i < 3; i += 1) expect((await send(lb.trafficPort)).end).toBe('cut')
  await expect
    .poll(() => readStats(lb.adminPort, 's1'), POLL)
    .toMatchObject({
      ...{ srv_abrt: '3', hrsp_2xx: '3', econ: '0' },
    })
  expect(await readStats(lb.adminPort, 's0')).toMatchObject({
    ...{ econ: '1', wredis: '1', wretr: '0', hrsp_2xx: '0', status: 'DOWN', chkdown: '1' },
  })
  expect(await readStats(lb.adminPort, 'BACKEND')).toMatchObject({ econ: '1', wredis: '1', srv_abrt: '3' })
})

test('a client that leaves is its own doing; a check that fails is told while the server is up still', async () => {
  await using server = await startServer(() => undefined)
  await using lb = await startBalancer([server], { check: { fall: 5_000 } })
  const client = await openRaw(lb.trafficPort)
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await expect.poll(() => server.seen.length, POLL).toBe(1)
  expect(await readStats(lb.adminPort, 's0')).toMatchObject({ scur: '1', smax: '1', stot: '0' })
  client.destroy()
  await once(client, 'close')
  await expect
    .poll(() => readStats(lb.adminPort, 's0'), POLL)
    .toMatchObject({ cli_abrt: '1', scur: '0', eresp: '0' })
  server.onCheck = answers('no', 503)
  await expect
    .poll(() => readStats(lb.adminPort, 's0'), POLL)
    .toMatchObject({
      ...{ status: expect.stringMatching(/^UP \d+\/5000$/), check_status: 'L7STS', check_code: '503' },
      ...{ chkdown: '0', chkfail: expect.stringMatching(/^[1-9]/) },
    })
})

test('a cell is quoted only where it would be read as something else', () => {
  const [, row] = statsCsv([{ pxname: 'a', svname: 'b,"c"', last_chk: 'plain text' }]).split('\n')
  expect(row).toMatch(/^a,"b,""c""",,/)
  expect(row).toContain(',plain text,')
})
