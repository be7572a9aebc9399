import type { FromTraffic, ToTraffic, TrafficSettings } from './protocol.ts'

export interface Channel {
  send(message: FromTraffic): void
}

/** Sends traffic until the signal is aborted, and resolves when the last request has ended and all rows are sent. */
export type TrafficBody = (settings: TrafficSettings, channel: Channel, signal: AbortSignal) => Promise<void>

/**
 * The frame of a traffic process: starts when told, and stops when told, when its time is over, or when
 * the harness is gone (the channel closes), so that nobody is left sending.
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
  process.on('disconnect', () => stop.abort())
  process.on('message', (message: ToTraffic) => {
    if (message.type === 'stop') {
      stop.abort()
      return
    }
    const { settings } = message
    const limit = setTimeout(() => stop.abort(), settings.mostMs)
    channel.send({ type: 'started' })
    body(settings, channel, stop.signal).then(
      () => {
        clearTimeout(limit)
        finish(0)
      },
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
        finish(1)
      },
    )
  })

  function finish(exitCode: number): void {
    process.exitCode = exitCode
    if (!process.connected) process.exit()
    process.send?.({ type: 'done' } satisfies FromTraffic, () => process.exit())
  }
}
