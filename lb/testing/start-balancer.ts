import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { expect } from 'vitest'
import { configSchema } from '../config/schema.ts'
import type { Log } from '../log/json-log.ts'
import { type RunningBalancer, serve } from '../serve.ts'

export interface TestBalancer extends RunningBalancer, AsyncDisposable {
  readonly log: Record<string, unknown>[]
}

export interface TestBackend {
  readonly address: string
}

export interface Overrides {
  readonly frontend?: object
  readonly backend?: object
  readonly check?: object
  readonly resolvers?: object
}

/** A balancer before these servers, on free ports; ready once all of them are up. */
export async function startBalancer(
  servers: readonly TestBackend[],
  overrides: Overrides = {},
): Promise<TestBalancer> {
  const balancer = await startBalancerUnready(servers, overrides)
  await expect.poll(() => balancer.backend.up.length, { interval: 5, timeout: 5_000 }).toBe(servers.length)
  return balancer
}

export async function startBalancerUnready(
  servers: readonly TestBackend[],
  { frontend, backend, check, resolvers }: Overrides = {},
): Promise<TestBalancer> {
  const config = configSchema.parse({
    frontend: { bind: '127.0.0.1:0', ...frontend },
    backend: {
      name: 'tests',
      servers: servers.map(({ address }, index) => ({ name: `s${index}`, zone: `zone-${index}`, address })),
      check: { path: '/readyz', inter: '20ms', fastinter: '10ms', timeout: '2s', rise: 1, fall: 2, ...check },
      ...backend,
    },
    admin: { bind: '127.0.0.1:0' },
    ...(resolvers && { resolvers }),
  })
  const log: Record<string, unknown>[] = []
  const record: Log = (event, facts) => log.push({ event, ...facts })
  const running = await serve(config, record)
  return {
    ...running,
    log,
    [Symbol.asyncDispose]: async () => {
      await running.stop({ graceMs: 0, limitMs: 1 })
    },
  }
}

/** Never looked at again by itself once all are up: what happens then, the traffic has seen. */
export const RARE_CHECKS = { inter: '10m', fastinter: '10m' }

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly end: 'whole' | 'cut'
}

export async function send(port: number, options: RequestOptions = {}, body?: string): Promise<Answer> {
  const asked = request({ host: '127.0.0.1', port, agent: false, ...options })
  asked.end(body)
  return read(asked)
}

export async function read(asked: ClientRequest): Promise<Answer> {
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  let end: Answer['end'] = 'whole'
  try {
    for await (const chunk of answer) chunks.push(chunk as Buffer)
  } catch {
    end = 'cut'
  }
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: Buffer.concat(chunks).toString(),
    end,
  }
}
