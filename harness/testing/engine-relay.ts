import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'

const ENGINE = '/var/run/docker.sock'

/**
 * For tests: stands between the harness and the real engine, so that the engine can go away, lie or do nothing
 * for the harness alone.
 */
export interface EngineRelay {
  /** Every connection breaks, and nobody answers any more. */
  stop(): Promise<void>
}

export interface Tampering {
  /** Requests that the engine never gets, and that are answered with 204 as if it had done what was asked. */
  readonly swallows?: (method: string, path: string) => boolean
  /** For the paths whose answers are not what the engine said: how it is changed. */
  readonly rewrites?: (path: string) => ((body: string) => string) | undefined
}

export async function startEngineRelay(path: string, tampering: Tampering = {}): Promise<EngineRelay> {
  const sockets = new Set<Duplex>()
  const track = (socket: Duplex) => {
    if (sockets.has(socket)) return // kept alive, and used again
    sockets.add(socket)
    socket.on('error', () => undefined) // the other side was broken on purpose
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((asked, answer) => relay(asked, answer, tampering, track))
  server.on('connection', track)
  server.on('upgrade', (asked, client: Duplex) => tunnel(asked, client, track))
  server.listen(path)
  await once(server, 'listening')
  return {
    async stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
      await rm(path, { force: true })
    },
  }
}

function relay(
  asked: IncomingMessage,
  answer: ServerResponse,
  { swallows, rewrites }: Tampering,
  track: (socket: Socket) => void,
): void {
  const { method = 'GET', url = '/', headers } = asked
  if (swallows?.(method, url)) {
    asked.resume()
    answer.writeHead(204).end()
    return
  }
  const onward = request({ socketPath: ENGINE, method, path: url, headers })
  onward.on('socket', track)
  onward.on('error', () => answer.destroy())
  answer.on('close', () => onward.destroy())
  onward.on('response', async told => {
    const rewrite = rewrites?.(url)
    if (!rewrite) {
      answer.writeHead(told.statusCode ?? 500, told.headers)
      told.pipe(answer)
      return
    }
    const body = rewrite(await text(told))
    answer.writeHead(told.statusCode ?? 500, { 'content-type': told.headers['content-type'] }).end(body)
  })
  asked.pipe(onward)
}

/** `exec` and `attach`: a raw stream after the engine's 101. */
function tunnel(asked: IncomingMessage, client: Duplex, track: (socket: Duplex) => void): void {
  const { method, url, rawHeaders } = asked
  const engine = connect(ENGINE)
  track(engine)
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let index = 0; index < rawHeaders.length; index += 2)
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`)
  engine.write(`${lines.join('\r\n')}\r\n\r\n`)
  client.pipe(engine).pipe(client)
  client.on('close', () => engine.destroy())
  engine.on('close', () => client.destroy())
}
