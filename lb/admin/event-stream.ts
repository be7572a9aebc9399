import type { ServerResponse } from 'node:http'
import { type Standing, standingOf } from '../server/administration.ts'
import type { StateChange } from '../server/backend.ts'
import type { Server } from '../server/server.ts'
import { toNs } from '../time/wall-clock.ts'

const HEARTBEAT_MS = 1_000
/** Hundreds of lines: who is that far behind has stopped reading. */
const MAX_UNREAD_BYTES = 65_536

interface Telling {
  readonly from: Standing | null
  readonly cause: string
  readonly atMs: number
}

/** The servers' states as a stream of JSON lines: first how it stands, then every change as it happens. */
export class EventStream {
  readonly #servers: () => readonly Server[]
  readonly #nowMs: () => number
  readonly #readers = new Set<ServerResponse>()
  readonly #heartbeat: NodeJS.Timeout
  #seq = 0

  constructor(servers: () => readonly Server[], nowMs: () => number) {
    this.#servers = servers
    this.#nowMs = nowMs
    this.#heartbeat = setInterval(() => this.#send({ heartbeat: true, at_ns: toNs(nowMs()) }), HEARTBEAT_MS)
    this.#heartbeat.unref()
  }

  get readers(): number {
    return this.#readers.size
  }

  /** A snapshot carries the number of the last change it contains; what follows has higher ones. */
  subscribe(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
    const atMs = this.#nowMs()
    for (const server of this.#servers()) {
      response.write(line(this.#event(server, { from: null, cause: 'snapshot', atMs })))
    }
    this.#readers.add(response)
    response.on('close', () => this.#readers.delete(response))
  }

  publish({ server, from, cause, atMs }: StateChange): void {
    this.#seq += 1
    this.#send(this.#event(server, { from, cause, atMs }))
  }

  /** A server that was not there before. */
  announce(server: Server): void {
    this.#seq += 1
    this.#send(this.#event(server, { from: null, cause: 'added', atMs: this.#nowMs() }))
  }

  close(): void {
    clearInterval(this.#heartbeat)
    for (const reader of this.#readers) reader.end()
  }

  #event(server: Server, { from, cause, atMs }: Telling) {
    return {
      seq: this.#seq,
      at_ns: toNs(atMs),
      server: server.name,
      zone: server.zone,
      address: server.location,
      state: standingOf(server),
      from,
      cause,
      administration: server.administration,
      weight: server.weight,
    }
  }

  #send(event: object): void {
    const text = line(event)
    for (const reader of this.#readers) {
      if (reader.writableLength + text.length > MAX_UNREAD_BYTES) reader.destroy()
      else reader.write(text)
    }
  }
}

function line(event: object): string {
  return `${JSON.stringify(event)}\n`
}
