import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Readable } from 'node:stream'

/** Reads the statistics once. */
export type ReadText = (signal: AbortSignal) => Promise<string>

/** Some thousand servers' lines; more is no statistics. */
const MAX_BYTES = 4 * 1024 * 1024

/** The page's CSV, over one connection that is kept. A user and password in the address are sent along. */
export function statsPage(url: URL): ReadText {
  const csv = new URL(url)
  csv.pathname = `${csv.pathname.replace(/;.*$/, '')};csv`
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return async signal => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get(csv, { agent, signal }, resolve).on('error', reject)
    })
    const text = await readAll(answer)
    if (answer.statusCode !== 200) throw new Error(`${withoutSecrets(csv)} answered ${answer.statusCode}`)
    return text
  }
}

/**
 * `show stat` for all proxies, but for servers (type 4) only, over a connection of its own: HAProxy answers one
 * command and closes. The level `operator` tells addresses too, `user` all else.
 */
export function statsSocket({ host, port }: { readonly host: string; readonly port: number }): ReadText {
  return async signal => {
    const socket = connect({ host, port, signal })
    socket.write('show stat -1 4 -1\n')
    const text = await readAll(socket)
    // An empty line ends the answer. Without it, it was cut off, and servers would seem to be gone.
    if (text.startsWith('#') && !text.endsWith('\n\n')) throw new Error('the answer was cut off')
    return text
  }
}

async function readAll(stream: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) {
    text += chunk
    if (text.length > MAX_BYTES) throw new Error(`statistics longer than ${MAX_BYTES} bytes`)
  }
  return text
}

function withoutSecrets(url: URL): string {
  return `${url.origin}${url.pathname}`
}
