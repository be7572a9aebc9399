import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { FromTraffic, ToTraffic, TrafficSettings } from './protocol.ts'

export type TrafficStream = 'prober' | 'load'

const MAINS: Record<TrafficStream, string> = {
  prober: './prober/prober-main.ts',
  load: './load/load-main.ts',
}

/** A running traffic process, seen from the harness. */
export interface TrafficProcess {
  readonly pid: number
  /** Rejects with TRAFFIC_FAILED if the process ends without having been asked to; never resolves. */
  readonly failed: Promise<never>
  /** No new requests from now on; resolves when those in flight have ended and all rows have arrived. Idempotent. */
  stop(): Promise<void>
}

export type TrafficMessage = Exclude<FromTraffic, { type: 'started' } | { type: 'done' }>

/** Resolves when it sends. Errors: TRAFFIC_FAILED. */
export async function startTrafficProcess(
  stream: TrafficStream,
  settings: TrafficSettings,
  onMessage: (message: TrafficMessage) => void,
): Promise<TrafficProcess> {
  const child = fork(fileURLToPath(new URL(MAINS[stream], import.meta.url)), {
    execArgv: [], // Node runs TypeScript by itself
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let complaint = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000)
  })
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => undefined) // whoever watches `failed` sees it; nobody has to
  const started = Promise.withResolvers<void>()
  let done = false
  child.on('message', (message: FromTraffic) => {
    if (message.type === 'started') started.resolve()
    else if (message.type === 'done') done = true
    else onMessage(message)
  })
  const closed = once(child, 'close')
  child.once('error', error => failure.reject(error))
  child.once('close', (exitCode, signal) => {
    if (done && exitCode === 0) return
    const how = signal ? `by ${signal}` : `with exit code ${exitCode}`
    failure.reject(
      new ZonefallError('TRAFFIC_FAILED', `The ${stream} ended ${how}. ${complaint.trim()}`.trim()),
    )
  })
  const tell = (message: ToTraffic) => {
    if (child.connected) child.send(message)
  }
  tell({ type: 'start', settings })
  await Promise.race([started.promise, failure.promise])
  return {
    pid: child.pid ?? 0,
    failed: failure.promise,
    async stop() {
      tell({ type: 'stop' })
      await closed
    },
  }
}
