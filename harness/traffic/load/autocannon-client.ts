import type { Socket } from 'node:net'
import autocannonPackage from 'autocannon/package.json' with { type: 'json' }

const WRITTEN_FOR = '9.0.0'

/** The private parts of autocannon's HTTP client that the load relies on (lib/httpClient.js). */
export interface AutocannonClient {
  readonly opts: { readonly port: number | string }
  readonly parser: {
    initialize(type: 'RESPONSE'): void
    execute(chunk: Buffer): number | Error
    finish(): Error | undefined
    shouldKeepAlive(): boolean
  }
  readonly pipelinedRequests: {
    terminateRequest(): PipelinedRequest | undefined
    addByteCount(bytes: number): void
    clear(): void
  }
  readonly destroyed: boolean
  rate: number | undefined
  conn: Socket
  _connect(): void
  _doRequest(): void
  _destroyConnection(): void
  on(event: 'response', listener: (status: number) => void): unknown
}

interface PipelinedRequest {
  readonly req: object
  readonly headers: { readonly statusCode: number }
  readonly body: string
  readonly bytes: number
  readonly duration: number
}

/** Throws when this is not the autocannon that the load was written for: it would count wrongly without a word. */
export function requirePrivateParts(client: AutocannonClient, version = autocannonPackage.version): void {
  if (version !== WRITTEN_FOR) {
    throw new Error(
      `The load is written for the private parts of autocannon ${WRITTEN_FOR}; this is ${version}.`,
    )
  }
  const { parser, pipelinedRequests } = client
  const parts = {
    _connect: client._connect,
    _doRequest: client._doRequest,
    _destroyConnection: client._destroyConnection,
    'parser.initialize': parser?.initialize,
    'parser.execute': parser?.execute,
    'parser.finish': parser?.finish,
    'parser.shouldKeepAlive': parser?.shouldKeepAlive,
    'pipelinedRequests.terminateRequest': pipelinedRequests?.terminateRequest,
    'pipelinedRequests.addByteCount': pipelinedRequests?.addByteCount,
    'pipelinedRequests.clear': pipelinedRequests?.clear,
  }
  for (const [name, part] of Object.entries(parts))
    if (typeof part !== 'function')
      throw new Error(`autocannon's client has no ${name}, which the load needs.`)
}
