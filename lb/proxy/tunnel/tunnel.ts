import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'
import { reportFailure } from '../../server/passive-health.ts'
import { leavePlace, takePlace } from '../../server/place.ts'
import type { Server } from '../../server/server.ts'
import type { RequestTrace } from '../../stats/request-trace.ts'
import type { Failure } from '../../upstream/failure.ts'
import type { ForwardSettings } from '../forward.ts'
import { upstreamHeaders } from '../headers.ts'
import type { RequestId } from '../origin/request-id.ts'
import { phraseOf, rawOwnAnswer } from '../own-answer.ts'
import { readRequest } from '../read-request.ts'
import { statusOf } from '../retry-policy.ts'
import { ClientSide } from './client-side.ts'
import { type HandshakeRequest, type Shaken, shakeHands } from './handshake.ts'
import type { OpenTunnels } from './open-tunnels.ts'

const UPGRADED = ['Connection', 'Upgrade', 'Upgrade', 'websocket']
const CLOSES = ['Connection', 'close']
/** A peer that vanished without a word is found out by its kernel's silence. */
const KEEPALIVE_MS = 15_000

/** Other upgrades are ignored, as HTTP allows: h2c, which some clients offer with every request, above all. */
export function wantsWebsocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
}

/**
 * A WebSocket: the handshake goes to a server as a request would, to another one as long as it was not sent; once a
 * server agrees, bytes go both ways until either side ends.
 *
 *     handshake ──101──> tunnel ──either side ends──> over
 *         ├──any other answer──> relayed, and the connection closed
 *         └──unsent failure──> another server
 */
export async function tunnel(
  request: IncomingMessage,
  first: Buffer,
  settings: ForwardSettings,
  open: OpenTunnels,
): Promise<void> {
  const id = settings.origin.requestId?.(request.rawHeaders)
  const client = new ClientSide(request, id)
  // Node takes its own listener off a socket that it hands over: without one, a reset would end the process.
  client.socket.on('error', () => client.socket.destroy())
  open.add(client.socket)
  const trace = settings.traffic.begin(client, id)
  const asked = readHandshake(request, client, id, settings)
  if (asked.kind === 'refused') {
    endOwn(client, trace, 400, asked.reason)
    return
  }
  const found = await findServer(asked.handshake, client, trace, settings)
  if (found.kind === 'none') {
    endOwn(client, trace, found.status, found.reason)
    return
  }
  const { server, shaken } = found
  trace.answered({ server, connectedMs: shaken.connectedMs, connection: 'fresh' })
  const end =
    shaken.kind === 'switched'
      ? await carry(shaken, client, first, settings.tunnelMs)
      : await relay(shaken.answer, client)
  leavePlace(server)
  if (end === 'server-reset') trace.cut()
  else if (end !== 'client-reset') client.wentWell()
  trace.settle(REASONS[end])
}

const REASONS = {
  ended: undefined,
  silent: 'tunnel-timeout',
  'server-reset': 'answer-cut',
  'client-reset': undefined,
}

type Asked =
  | { readonly kind: 'accepted'; readonly handshake: HandshakeRequest }
  | { readonly kind: 'refused'; readonly reason: string }

function readHandshake(
  request: IncomingMessage,
  client: ClientSide,
  id: RequestId | undefined,
  { backend, maxUrl, origin }: ForwardSettings,
): Asked {
  const { rawHeaders } = request
  // As any other request is read; that it is an upgrade is known.
  const others = rawHeaders.filter((_, at) => !/^upgrade$/i.test(rawHeaders[at - (at % 2)] ?? ''))
  const { method, url, httpVersion } = client.head
  const reading = readRequest({ method, url, httpVersion, rawHeaders: others }, maxUrl)
  if (reading.kind === 'refused') return reading
  const { framing, path, host = backend.name } = reading.facts
  // Whose bytes they would be, the body's or the tunnel's, two parties could see differently.
  if (framing !== 'none') return { kind: 'refused', reason: 'upgrade-with-body' }
  const { client: address, socket } = client
  const facts = { method, framing, host, address, socket, id, expects: 'nothing' } as const
  const headers = [...upstreamHeaders(others, facts, origin), 'Connection', 'Upgrade', 'Upgrade', 'websocket']
  return { kind: 'accepted', handshake: { path, headers } }
}

type Found =
  | { readonly kind: 'found'; readonly server: Server; readonly shaken: Exclude<Shaken, { kind: 'failed' }> }
  | { readonly kind: 'none'; readonly status: number; readonly reason: string }

/** The server has a place taken when this is over, and the caller gives it back. */
async function findServer(
  handshake: HandshakeRequest,
  client: ClientSide,
  trace: RequestTrace,
  settings: ForwardSettings,
): Promise<Found> {
  const { backend, times, lag } = settings
  const key = settings.keyOf(client.head)
  const tried = new Set<Server>()
  let last: Failure | undefined
  for (;;) {
    trace.queued()
    const server = last ? backend.pickOther(tried, key) : backend.pick(tried, key)
    if (!server) return none(last, backend.up.length === 0 ? 'no-server-up' : 'maxconn')
    trace.picked(server)
    takePlace(server)
    const { result, abort } = shakeHands(server, handshake, times, lag)
    client.socket.once('close', abort)
    const shaken = await result
    client.socket.off('close', abort)
    if (shaken.kind !== 'failed') return { kind: 'found', server, shaken }
    leavePlace(server)
    last = shaken.failure
    trace.failed(server, last)
    reportFailure(backend, server, last)
    if (last.stage === 'sent' || last.cause === 'client-gone') return none(last, last.cause)
    tried.add(server)
    trace.again(server, last)
  }
}

function none(last: Failure | undefined, reason: string): Found {
  return { kind: 'none', status: last ? statusOf(last) : 503, reason: last?.cause ?? reason }
}

type TunnelEnd = 'ended' | 'silent' | 'server-reset' | 'client-reset'

/** Resolves when both sides are closed. An end on one is passed on; silence on both for too long is an end too. */
async function carry(
  { answer, socket: server, first: fromServer }: Extract<Shaken, { kind: 'switched' }>,
  client: ClientSide,
  fromClient: Buffer,
  tunnelMs: number,
): Promise<TunnelEnd> {
  let end: TunnelEnd = 'ended'
  const sides = [client.socket, server]
  server.once('error', () => {
    end = 'server-reset'
  })
  client.socket.once('error', () => {
    end = 'client-reset'
  })
  client.start(101, answer.statusMessage ?? '', answer.rawHeaders, UPGRADED)
  if (fromServer.length > 0) client.socket.write(fromServer)
  if (fromClient.length > 0) server.write(fromClient)
  for (const side of sides) {
    side.setNoDelay(true)
    side.setKeepAlive(true, KEEPALIVE_MS)
    side.setTimeout(tunnelMs, () => {
      end = 'silent'
      for (const one of sides) one.destroy()
    })
  }
  const closed = sides.map(side => new Promise(resolve => side.once('close', resolve)))
  client.socket.pipe(server)
  server.pipe(client.socket)
  // What one has said before it went is still told to the other.
  client.socket.once('close', () => server.destroySoon())
  server.once('close', () => client.socket.destroySoon())
  await Promise.all(closed)
  return end
}

/** A refusal, say: as long as it is, and then the connection ends, so that nobody takes what follows for something. */
function relay(answer: IncomingMessage, client: ClientSide): Promise<TunnelEnd> {
  client.start(answer.statusCode ?? 502, answer.statusMessage ?? '', answer.rawHeaders, CLOSES)
  return new Promise(resolve => {
    pipeline(answer, client.socket, error => {
      if (!error) resolve('ended')
      else resolve(answer.complete ? 'client-reset' : 'server-reset')
    })
  })
}

function endOwn(client: ClientSide, trace: RequestTrace, status: number, reason: string): void {
  trace.settle(reason)
  if (!client.socket.destroyed)
    client.endWith(status, rawOwnAnswer(status, phraseOf(status), reason, trace.id))
}
