import { messageOf } from '../errors/zonefall-error.ts'
import type { FromTraffic, ToTraffic, TrafficSettings } from './protocol.ts'

export interface Channel {
  send(message: FromTraffic): void
}

/**
 * Sets up and begins to send, or throws; then sends until the signal is aborted. Resolves when the last
 * request has ended and all rows have been handed to the channel.
 */
export type TrafficBody = (settings: TrafficSettings, channel: Channel, signal: AbortSignal) => Promise<void>

/**
 * The frame of a traffic process: starts when told, stops when told or when its time is over, and is gone
 * at once when the harness is (the channel closes), so that nobody is left sending.
 */
export function runTrafficProcess(body: TrafficBody): void {
  const stop = new AbortController()
  const channel: Channel = {
    send(message) {
      if (process.connected) process.send?.(message)
    },
  }
  // A Ctrl-C in the terminal reaches the whole process group; stopping us is the harness's business.
  process.on('SIGINT', () => undefined)
  process.on('disconnect', () => process.exit())
  process.on('message', (message: ToTraffic) => {
    if (message.type === 'stop') stop.abort()
    else carryOut(message.settings).then(finish, fail)
  })

  async function carryOut(settings: TrafficSettings): Promise<void> {
    const limit = setTimeout(() => stop.abort(), settings.mostMs)
    const ended = body(settings, channel, stop.signal)
    channel.send({ type: 'started' })
    await ended
    clearTimeout(limit)
  }

  function finish(): void {
    process.send?.({ type: 'done' } satisfies FromTraffic, () => process.exit())
  }

  function fail(error: unknown): void {
    process.stderr.write(`${messageOf(error)}\n`, () => process.exit(1))
  }
}
