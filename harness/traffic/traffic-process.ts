import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { FromTraffic, ToTraffic, TrafficSettings } from './protocol.ts'

export type TrafficStream = 'prober' | 'load'

const MAINS: Record<TrafficStream, string> = {
  prober: './prober/prober-main.ts',
  load: './load/load-main.ts',
}
const START_LIMIT_MS = 20_000
/** On top of the deadline of the last request. */
const STOP_LIMIT_MS = 5_000

/** A running traffic process, seen from the harness. */
export interface TrafficProcess {
  readonly pid: number
  /** Rejects with TRAFFIC_FAILED if the process ends without having been asked to, or badly; never resolves. */
  readonly failed: Promise<never>
  /**
   * No new requests from now on; resolves when those in flight have ended and all rows have arrived. A
   * process that does not stop in time is killed. Idempotent. Errors: those of `failed`.
   */
  stop(): Promise<void>
}

export type TrafficMessage = Exclude<FromTraffic, { type: 'started' } | { type: 'done' }>

/** Resolves when it sends. Errors: TRAFFIC_FAILED, also for a URL that is not on loopback. */
export async function startTrafficProcess(
  stream: TrafficStream,
  settings: TrafficSettings,
  onMessage: (message: TrafficMessage) => void,
): Promise<TrafficProcess> {
  const child = fork(fileURLToPath(new URL(MAINS[stream], import.meta.url)), {
    execArgv: [], // Node runs TypeScript by itself, whatever loader the harness runs under
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => undefined) // told by `failed` to those who watch, and by `stop` to all
  const fail = (what: string, cause?: unknown) =>
    failure.reject(new ZonefallError('TRAFFIC_FAILED', `The ${stream} ${what}`, { cause }))
  const complaint = collectComplaint(child)
  const started = Promise.withResolvers<void>()
  let asked = false
  let done = false
  child.on('message', (message: FromTraffic) => {
    if (message.type === 'started') started.resolve()
    else if (message.type === 'done') done = true
    else onMessage(message)
  })
  child.on('error', error => fail(`could not be run or told: ${error.message}`, error))
  // Comes after the last message: Node waits for the channel too.
  const closed = Promise.withResolvers<void>()
  child.once('close', (exitCode, signal) => {
    if (!done || exitCode !== 0)
      fail(`ended ${signal ? `by ${signal}` : `with exit code ${exitCode}`}. ${complaint()}`.trim())
    else if (!asked) fail(`ended by itself: its longest time, ${settings.mostMs / 1000} s, was over.`)
    closed.resolve()
  })
  const tell = (message: ToTraffic) => {
    if (child.connected) child.send(message)
  }
  const killAfter = (ms: number, what: string) =>
    setTimeout(() => {
      fail(what)
      child.kill('SIGKILL')
    }, ms)

  tell({ type: 'start', settings })
  const startLimit = killAfter(START_LIMIT_MS, `did not start within ${START_LIMIT_MS / 1000} s.`)
  await Promise.race([started.promise, failure.promise]).finally(() => clearTimeout(startLimit))

  return {
    pid: child.pid ?? 0,
    failed: failure.promise,
    async stop() {
      asked = true
      tell({ type: 'stop' })
      const limitMs = settings.probes.deadlineMs + STOP_LIMIT_MS
      const limit = killAfter(limitMs, `did not stop within ${limitMs / 1000} s and was killed.`)
      await closed.promise.finally(() => clearTimeout(limit))
      await Promise.race([failure.promise, undefined])
    },
  }
}

/** The end of what the process says on standard error. */
function collectComplaint(child: ChildProcess): () => string {
  let complaint = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000)
  })
  return () => complaint.trim()
}
