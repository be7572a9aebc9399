import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { z } from 'zod'
import { isLoopback } from '../traffic/loopback.ts'
import type { BalancerAdapter, BalancerChange } from './adapter.ts'

const changeSchema = z.looseObject({
  at_ns: z.string().regex(/^\d+$/),
  server: z.string(),
  address: z.string().nullable(),
  state: z.enum(['up', 'down', 'drain']),
  cause: z.string(),
})

/** Zonefall's own balancer: its admin port streams every change of a server's state, one JSON object a line. */
export const zonefallBalancer: BalancerAdapter = container => {
  if (container.labels['zonefall.balancer'] !== 'zonefall') return undefined
  const adminPort = Number(container.labels['zonefall.admin-port'])
  const binding = container.ports.find(port => port.containerPort === adminPort && isLoopback(port.hostIp))
  if (!binding) return undefined
  const url = `http://127.0.0.1:${binding.hostPort}/v1/events`
  return async (onChange, signal) => {
    try {
      const answer = await fetch(url, { signal })
      if (!answer.ok || !answer.body) throw new Error(`${url} answered ${answer.status}`)
      const input = Readable.fromWeb(answer.body as ReadableStream)
      for await (const line of createInterface({ input })) {
        const change = parseChange(line)
        if (change) onChange(change)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
    if (!signal.aborted) throw new Error(`${container.name} ended its event stream`)
  }
}

/** `undefined` for a heartbeat. */
function parseChange(line: string): BalancerChange | undefined {
  const parsed: unknown = JSON.parse(line)
  if (typeof parsed === 'object' && parsed !== null && 'heartbeat' in parsed) return undefined
  const { at_ns, server, address, state, cause } = changeSchema.parse(parsed)
  return { server, address, state, cause, engineNs: BigInt(at_ns) }
}
