import { Server as HttpServer, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { PlainConnection, type PlainLimits, type PlainOwner } from './plain-connection.ts'
import type { PlainExchange } from './plain-exchange.ts'

const WATCH_MS = 1_000
/** Node counts a head's size in its own way; what comes near the limit, it shall count. */
const HEAD_SHARE = 0.5

/**
 * Node's HTTP server, but for plain requests, which are read and written here at about half the cost. What is not
 * plain goes to Node's strict parser with every byte that came: what it refuses is refused, what it lets in is let in.
 */
export class PlainFirstServer extends HttpServer {
  readonly #plain = new Set<PlainConnection>()
  readonly #watch: NodeJS.Timeout

  constructor(
    options: ServerOptions & { maxHeaderSize: number },
    onPlain: (exchange: PlainExchange) => void,
  ) {
    super(options)
    const [toNode] = this.listeners('connection') as ((socket: Socket) => void)[]
    this.removeAllListeners('connection')
    const owner: PlainOwner = {
      limits: this.#limits(options.maxHeaderSize),
      onRequest: onPlain,
      handOver: (connection, bytes) => {
        this.#plain.delete(connection)
        connection.socket.pause()
        connection.socket.unshift(bytes)
        toNode?.call(this, connection.socket)
        connection.socket.resume()
      },
      onClosed: connection => this.#plain.delete(connection),
    }
    this.on('connection', (socket: Socket) => {
      this.#plain.add(new PlainConnection(socket, owner, performance.now()))
    })
    this.#watch = setInterval(() => this.#lookAround(), WATCH_MS)
    this.#watch.unref()
    this.on('close', () => clearInterval(this.#watch))
  }

  override closeIdleConnections(): void {
    for (const connection of this.#plain) if (connection.isIdle) connection.socket.destroy()
    super.closeIdleConnections()
  }

  override closeAllConnections(): void {
    for (const connection of this.#plain) connection.socket.destroy()
    super.closeAllConnections()
  }

  /** Those of Node's, which may change while it runs. */
  #limits(maxHeaderSize: number): PlainLimits {
    const server = this
    return {
      maxHead: maxHeaderSize * HEAD_SHARE,
      get keepaliveMs() {
        return server.keepAliveTimeout
      },
      get silenceMs() {
        return server.timeout
      },
      get headMs() {
        return server.headersTimeout
      },
      get requestMs() {
        return server.requestTimeout
      },
    }
  }

  #lookAround(): void {
    const nowMs = performance.now()
    for (const connection of this.#plain) connection.watch(nowMs)
  }
}
