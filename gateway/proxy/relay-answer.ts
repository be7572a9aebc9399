import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { identityHeaders, isGatewayHeader } from '../server/identity.ts'
import { type Answerer, closing } from '../server/own-answer.ts'
import { endToEnd } from './hop-by-hop.ts'

/** A client that takes no byte for so many silence limits is given up. */
const clientPatience = 12

export type Relayed =
  | { readonly kind: 'sent' }
  | { readonly kind: 'client-gone' }
  | { readonly kind: 'app-broke-off'; readonly error: Error }

/**
 * Sends an app's answer on. An app that dies in the middle of it, or falls silent, cuts the client's
 * connection, so that the client sees an incomplete answer for what it is.
 */
export async function relayAnswer(
  from: Answerer,
  answer: IncomingMessage,
  res: ServerResponse,
  silenceMs: number,
): Promise<Relayed> {
  const appPath = answer.headers['x-zonefall-path']
  const head: (readonly [string, string])[] = [
    ...endToEnd(answer.rawHeaders).filter(([name]) => !isGatewayHeader(name)),
    ...identityHeaders(from.identity, typeof appPath === 'string' ? appPath : undefined),
    ...from.answerHeaders,
    ...closing(from.lifecycle),
  ]
  res.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', head.flat())
  // A client that leaves takes the app's answer down with it, by one way or another; the app is to blame
  // only if the client was still there.
  const clientSocket = res.socket
  const broken: { by: 'app' | 'client' } = { by: 'client' }
  // 'aborted' comes first, before pipeline takes the client's side down for it.
  answer.once('aborted', () => {
    if (!res.destroyed && !clientSocket?.destroyed) broken.by = 'app'
  })
  const stopWatch = watchSilence(answer, res, silenceMs)
  try {
    await pipeline(answer, res)
    return { kind: 'sent' }
  } catch (error) {
    return broken.by === 'app' ? { kind: 'app-broke-off', error: error as Error } : { kind: 'client-gone' }
  } finally {
    stopWatch()
  }
}

/** Cuts an answer that stands still for one to two `silenceMs`, unless it is the client that does not read. */
function watchSilence(answer: IncomingMessage, res: ServerResponse, silenceMs: number): () => void {
  // Both sockets leave their message when it is done, and belong to another one then.
  const { socket: appSocket } = answer
  const clientSocket = res.socket
  let read = appSocket.bytesRead
  let written = clientSocket?.bytesWritten ?? 0
  let clientStalls = 0
  const timer = setInterval(() => {
    const readNow = appSocket.bytesRead
    const writtenNow = clientSocket?.bytesWritten ?? 0
    const clientBlocks = res.writableNeedDrain || answer.complete
    clientStalls = clientBlocks && writtenNow === written ? clientStalls + 1 : 0
    if (!clientBlocks && readNow === read)
      answer.destroy(new Error(`silent for ${silenceMs} ms in mid-answer`))
    else if (clientStalls >= clientPatience) res.destroy()
    read = readNow
    written = writtenNow
  }, silenceMs)
  return () => clearInterval(timer)
}
