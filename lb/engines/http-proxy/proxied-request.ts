import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import type httpProxy from 'http-proxy'
import type { ForwardSettings } from '../../proxy/forward.ts'
import { clientHeaders, upstreamHeaders } from '../../proxy/headers.ts'
import { ownHeaders, phraseOf } from '../../proxy/own-answer.ts'
import { type ClientRequestFacts, readRequest } from '../../proxy/read-request.ts'
import { statusOf } from '../../proxy/retry-policy.ts'
import { leavePlace, takePlace } from '../../server/place.ts'
import type { Server } from '../../server/server.ts'
import type { RequestTrace } from '../../stats/request-trace.ts'
import { causeOf, type Failure } from '../../upstream/failure.ts'
import { headerFields } from './header-fields.ts'
import { ProxiedExchange } from './proxied-exchange.ts'

/**
 * One request as an ordinary Node proxy carries it: one server, one attempt, http-proxy in between. What the package
 * leaves open is done here: it neither ends what it has begun upstream when the client leaves, nor tells a client
 * that an answer was cut.
 */
export class ProxiedRequest {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #exchange: ProxiedExchange
  readonly #trace: RequestTrace
  readonly #settings: ForwardSettings
  #server: Server | undefined
  #upstream: ClientRequest | undefined
  #connectedMs = 0
  #timedOut: 'no' | 'yes' = 'no'
  #state: 'open' | 'answered' | 'settled' = 'open'

  constructor(request: IncomingMessage, response: ServerResponse, settings: ForwardSettings) {
    this.#request = request
    this.#response = response
    this.#settings = settings
    this.#exchange = new ProxiedExchange(request, response)
    const id = settings.origin.requestId?.(request.rawHeaders)
    this.#trace = settings.traffic.begin(this.#exchange, id)
  }

  go(proxy: httpProxy, agent: Agent): void {
    const { backend, maxUrl, keyOf } = this.#settings
    const reading = readRequest(this.#exchange.head, maxUrl)
    if (reading.kind === 'refused') {
      this.#own(reading.status, reading.reason)
      return
    }
    // The package would say that such a body is empty, and send it all the same: the next request, to the server.
    if (reading.facts.framing === 'chunked' && /^(?:DELETE|OPTIONS)$/.test(reading.facts.method)) {
      this.#own(501, 'chunked-body')
      return
    }
    this.#trace.queued()
    const server = backend.pick(new Set(), keyOf(this.#exchange.head))
    if (!server) {
      this.#own(503, backend.up.length === 0 ? 'no-server-up' : 'maxconn')
      return
    }
    this.#take(server)
    this.#prepare(reading.facts)
    proxy.web(
      this.#request,
      this.#response,
      { target: { protocol: 'http:', host: server.address ?? '', port: server.port }, agent },
      error => this.#failed(error),
    )
  }

  /** It has a connection, or waits for one that is being made. */
  onUpstream(upstream: ClientRequest): void {
    this.#upstream = upstream
    upstream.once('timeout', () => {
      this.#timedOut = 'yes'
    })
    const { socket } = upstream
    if (!socket?.connecting) this.#connectedMs = performance.now()
    else
      socket.once('connect', () => {
        this.#connectedMs = performance.now()
      })
    if (this.#response.destroyed) upstream.destroy()
  }

  /** Before the package copies its head to the client. */
  onAnswer(answer: IncomingMessage): void {
    const status = answer.statusCode ?? 502
    this.#state = 'answered'
    if (this.#server)
      this.#trace.answered({
        server: this.#server,
        connectedMs: this.#connectedMs,
        connection: this.#upstream?.reusedSocket ? 'reused' : 'fresh',
      })
    const after = this.#response.shouldKeepAlive && !this.#settings.isDraining() ? 'keep-alive' : 'close'
    answer.headers = {
      ...headerFields(clientHeaders(answer.rawHeaders, status, this.#trace.id)),
      connection: after,
    }
    answer.once('close', () => {
      if (answer.complete) return
      this.#cut()
    })
  }

  #take(server: Server): void {
    this.#server = server
    this.#trace.picked(server)
    takePlace(server)
    this.#response.once('close', () => {
      leavePlace(server)
      if (this.#state === 'open' && this.#upstream && !this.#upstream.socket?.connecting) this.#trace.sent()
      if (!this.#response.writableFinished) this.#upstream?.destroy()
      this.#settle(undefined)
    })
  }

  /** The same headers as any engine sends, by the package's own way of taking them. */
  #prepare({ method, path, framing, host = this.#settings.backend.name }: ClientRequestFacts): void {
    const { client: address, socket, head } = this.#exchange
    const facts = { method, framing, host, address, socket, id: this.#trace.id, expects: 'nothing' } as const
    this.#request.url = path
    this.#request.headers = headerFields(upstreamHeaders(head.rawHeaders, facts, this.#settings.origin))
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (this.#state === 'settled' || !this.#server) return
    if (this.#response.headersSent) {
      this.#cut()
      return
    }
    const failure: Failure = {
      cause: this.#timedOut === 'yes' ? 'server-timeout' : causeOf(error),
      stage: this.#connectedMs === 0 ? 'unsent' : 'sent',
      connection: this.#upstream?.reusedSocket ? 'reused' : 'fresh',
    }
    this.#trace.failed(this.#server, failure)
    this.#own(statusOf(failure), failure.cause)
  }

  #cut(): void {
    if (this.#state === 'settled' || this.#response.destroyed) return
    this.#trace.cut()
    this.#settle('answer-cut')
    this.#exchange.cut()
  }

  #own(status: number, reason: string): void {
    const text = `${JSON.stringify({ error: reason, by: 'zonefall-lb' })}\n`
    const isKept = this.#request.complete && !this.#settings.isDraining()
    this.#settle(reason)
    if (this.#response.destroyed) return
    const headers = ownHeaders(status, reason, text.length, this.#trace.id)
    this.#response.writeHead(status, phraseOf(status), [
      ...headers,
      ...(isKept ? [] : ['connection', 'close']),
    ])
    this.#response.end(text)
    this.#request.resume()
  }

  #settle(reason: string | undefined): void {
    if (this.#state === 'settled') return
    this.#state = 'settled'
    this.#trace.settle(reason)
    if (reason === undefined) return
    const { method } = this.#exchange.head
    this.#settings.onTrouble({ reason, server: this.#server?.name ?? null, method })
  }
}
