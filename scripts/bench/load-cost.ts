import { fork } from 'node:child_process'
import { once } from 'node:events'
import { defaultProbes } from '../../harness/experiment/experiment.ts'
import { startTrafficProcess } from '../../harness/traffic/traffic-process.ts'
import { cpuUs } from './cpu-time.ts'
import type { Figure } from './figure.ts'

const RATE = 2000
const CONNECTIONS = 20
const SECONDS = 4

/**
 * What it costs to have a load that tells the truth: processor time a request of the load process, against
 * autocannon as it comes at the same rate, by turns, against a server in a process of its own.
 */
export async function loadCostFigures(runs: number): Promise<Figure[]> {
  const server = fork(new URL('./plain-server.ts', import.meta.url), { execArgv: [] })
  const [port] = (await once(server, 'message')) as [number]
  const url = `http://127.0.0.1:${port}/`
  const ours: number[] = []
  const plain: number[] = []
  for (let time = 0; time < runs; time += 1) {
    ours.push(await costOfOurs(url))
    plain.push(await costOfPlain(url))
  }
  server.disconnect()
  return [
    { name: 'load: processor time a request', bound: '–', values: ours, unit: 'µs' },
    { name: 'autocannon as it comes, the same rate', bound: '–', values: plain, unit: 'µs' },
    {
      name: 'the one as a multiple of the other',
      bound: '–',
      values: ours.map((us, time) => us / (plain[time] ?? 1)),
      unit: '',
    },
  ]
}

async function costOfOurs(url: string): Promise<number> {
  let rows = 0
  const load = await startTrafficProcess(
    'load',
    {
      url,
      originNs: process.hrtime.bigint(),
      instanceHeader: 'x-none',
      mostMs: 60_000,
      probes: defaultProbes,
      load: { ratePerSecond: RATE, connections: CONNECTIONS },
    },
    message => {
      if (message.type === 'rows') rows += message.rows.length / 16
    },
  )
  const cpu = () => cpuUs(load.pid)
  await seconds(1)
  const before = { cpu: await cpu(), rows }
  await seconds(SECONDS)
  const after = { cpu: await cpu(), rows }
  await load.stop()
  return (after.cpu - before.cpu) / (after.rows - before.rows)
}

async function costOfPlain(url: string): Promise<number> {
  const child = fork(
    new URL('./plain-autocannon.ts', import.meta.url),
    [url, String(RATE), String(CONNECTIONS), String(SECONDS)],
    {
      execArgv: [],
    },
  )
  const [us] = (await once(child, 'message')) as [number]
  return us
}

function seconds(count: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, count * 1000))
}
