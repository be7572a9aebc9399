import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ReloadOutcome } from '../../lifecycle/reload-outcome.ts'
import type { Backend, Order } from '../../server/backend.ts'
import type { Server } from '../../server/server.ts'
import { sendJson } from '../send.ts'
import { describeServer } from '../server-list.ts'
import { readOrder } from './server-command.ts'
import { type Authority, permit } from './token.ts'

export interface CommandSettings {
  readonly backend: () => Backend
  readonly authority: () => Authority
  /** In force when it returns, and told to all who watch. */
  readonly order: (server: Server, order: Order) => void
  readonly reload: () => ReloadOutcome
}

const MAX_BODY = 1_024
const SERVER = /^\/v1\/servers\/([^/]+)\/([a-z]+)$/

/** Everything that changes something. What is not a command at all is told to whoever may give one only. */
export async function command(
  request: IncomingMessage,
  response: ServerResponse,
  settings: CommandSettings,
): Promise<void> {
  const permission = permit(settings.authority(), request.headers.authorization)
  if (permission === 'off') {
    sendJson(response, 403, { error: 'commands are off: set admin.token-file, or ZONEFALL_LB_TOKEN' })
    return
  }
  if (permission === 'refused') {
    sendJson(response, 401, { error: 'send the token: Authorization: Bearer TOKEN' }, CHALLENGE)
    return
  }
  const body = await readBody(request)
  if (body === undefined) {
    sendJson(response, 413, { error: `a command is ${MAX_BODY} bytes at most` }, { connection: 'close' })
    return
  }
  const path = request.url?.split('?')[0] ?? ''
  if (path === '/v1/reload') reload(response, settings)
  else orderServer(path, body, response, settings)
}

const CHALLENGE = { 'www-authenticate': 'Bearer' }

function reload(response: ServerResponse, settings: CommandSettings): void {
  const outcome = settings.reload()
  sendJson(response, outcome.kind === 'reloaded' ? 200 : 422, outcome)
}

function orderServer(path: string, body: string, response: ServerResponse, settings: CommandSettings): void {
  const [, name, word] = SERVER.exec(path) ?? []
  const reading = word === undefined ? { kind: 'unknown' as const } : readOrder(word, body)
  if (name === undefined || reading.kind === 'unknown') {
    sendJson(response, 404, { error: 'no such command', commands: COMMANDS })
    return
  }
  if (reading.kind === 'refused') {
    sendJson(response, 400, { error: reading.problem })
    return
  }
  const backend = settings.backend()
  const wanted = decode(name)
  const server = backend.servers.find(one => one.name === wanted)
  if (!server) {
    sendJson(response, 404, { error: 'no such server', servers: backend.servers.map(one => one.name) })
    return
  }
  settings.order(server, reading.order)
  sendJson(response, 200, describeServer(server))
}

const COMMANDS = [
  ...['drain', 'maint', 'ready', 'weight'].map(word => `POST /v1/servers/NAME/${word}`),
  'POST /v1/reload',
]

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > MAX_BODY) return undefined
  }
  return text
}

function decode(name: string): string | undefined {
  try {
    return decodeURIComponent(name)
  } catch {
    return undefined // no server's name is written so
  }
}
