import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { PlannedOutage, TrueOutage } from './outage.ts'

export type ToOutageServer = PlannedOutage
export type FromOutageServer =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'over'; readonly outage: TrueOutage }

/** A server on loopback, a process of its own, that is down when it is told to be. */
export interface OutageServer extends AsyncDisposable {
  readonly url: string
  /** Resolves when the outage is over, with when it truly was. Errors: CALIBRATION_FAILED. */
  suffer(outage: PlannedOutage): Promise<TrueOutage>
}

/** Errors: CALIBRATION_FAILED. */
export async function startOutageServer(): Promise<OutageServer> {
  const child = fork(fileURLToPath(new URL('./outage-server-main.ts', import.meta.url)), {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const lost = exited.then(([code, signal]) => {
    throw new ZonefallError(
      'CALIBRATION_FAILED',
      `The calibration’s server ended (${signal ?? `exit code ${code}`}).`,
    )
  })
  lost.catch(() => undefined) // told to those who wait for the server
  const nextMessage = async (): Promise<FromOutageServer> => {
    const [message] = await Promise.race([once(child, 'message'), lost])
    return message as FromOutageServer
  }
  const first = await nextMessage()
  if (first.type !== 'listening') throw new TypeError(`expected to hear of a port, not ${first.type}`)
  return {
    url: `http://127.0.0.1:${first.port}/`,
    async suffer(outage) {
      const reply = nextMessage()
      child.send(outage satisfies ToOutageServer)
      const message = await reply
      if (message.type !== 'over') throw new TypeError(`expected to hear of an outage, not ${message.type}`)
      return message.outage
    },
    async [Symbol.asyncDispose]() {
      child.disconnect()
      await exited
    },
  }
}
