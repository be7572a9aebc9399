import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ZonefallError } from '../errors/zonefall-error.ts'

export interface TrivialServer extends AsyncDisposable {
  readonly url: URL
}

/** Errors: TRAFFIC_FAILED. */
export async function startTrivialServer(): Promise<TrivialServer> {
  const child = fork(fileURLToPath(new URL('./trivial-server-main.ts', import.meta.url)), {
    execArgv: [], // Node runs TypeScript by itself, whatever loader the harness runs under
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const ended = once(child, 'close')
  const port = await Promise.race([
    once(child, 'message').then(([message]) => message as number),
    ended.then(([code, signal]) => {
      const how = signal ?? `exit code ${code}`
      throw new ZonefallError('TRAFFIC_FAILED', `The local server to load ended by ${how}.`)
    }),
  ])
  return {
    url: new URL(`http://127.0.0.1:${port}/`),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL') // it holds nothing
      await ended
    },
  }
}
