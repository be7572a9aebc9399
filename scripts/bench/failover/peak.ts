import { Agent, request } from 'node:http'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { docker } from '../balancer/docker.ts'
import type { Rig } from './rig.ts'

const CONNECTIONS = 32
const BEFORE_MS = 2_000
/** Until the loss is dealt with. */
const SETTLE_MS = 1_000
const AFTER_MS = 3_000

/** All three at peak, one is killed: how far the survivors' parts are from equal, in percent of it. */
export async function peakShares({ port, servers }: Rig): Promise<number> {
  const [lost] = servers
  const counts = new Map<string, number>()
  let phase: 'before' | 'counting' | 'over' = 'before'
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const client = async () => {
    while (phase !== 'over') {
      const server = await servedBy(port, agent)
      if (phase === 'counting' && server) counts.set(server, (counts.get(server) ?? 0) + 1)
    }
  }
  const clients = Array.from({ length: CONNECTIONS }, client)
  await delay(BEFORE_MS)
  if (lost) await docker('kill', lost.id)
  await delay(SETTLE_MS)
  phase = 'counting'
  const untilMs = performance.now() + AFTER_MS
  while (performance.now() < untilMs) await delay(untilMs - performance.now())
  phase = 'over'
  await Promise.all(clients)
  agent.destroy()
  const shares = servers.filter(server => server !== lost).map(({ name }) => counts.get(name) ?? 0)
  const equal = shares.reduce((sum, share) => sum + share, 0) / shares.length
  if (equal === 0) throw new Error('no server answered at peak')
  return 100 * Math.max(...shares.map(share => Math.abs(share / equal - 1)))
}

/** `undefined`: nobody whose answer counts. */
function servedBy(port: number, agent: Agent): Promise<string | undefined> {
  return new Promise(resolve => {
    const asked = request({ host: '127.0.0.1', port, agent, timeout: 10_000 })
    asked.on('response', answer => {
      answer.resume().on('close', () => resolve(answer.headers['x-served-by']?.toString()))
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(undefined))
    asked.end()
  })
}
