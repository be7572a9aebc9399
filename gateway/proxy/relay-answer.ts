import type { IncomingMessage, ServerResponse } from 'node:http'
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
  const stopWatch = watchSilence(answer, res, silenceMs)
  try {
    return await pump(answer, res)
  } finally {
    stopWatch()
  }
}

/**
 * Pipes, and takes each side down when the other one breaks. node's own `pipeline` does so too, with an
 * AbortController and two look-outs for each answer: a tenth of all that a small request costs here.
 */
function pump(answer: IncomingMessage, res: ServerResponse): Promise<Relayed> {
  const clientSocket = res.socket
  return new Promise(resolve => {
    // Whoever breaks first is the one who broke it: what follows on the other side is our own doing.
    let broken: Relayed | undefined
    const breakOff = (how: Relayed) => {
      broken ??= how
      answer.destroy()
      res.destroy()
    }
    const appBroke = (error: Error) =>
      breakOff(
        res.destroyed || clientSocket?.destroyed ? { kind: 'client-gone' } : { kind: 'app-broke-off', error },
      )
    answer.on('error', appBroke)
    answer.once('close', () => {
      if (!answer.readableEnded) appBroke(new Error('the answer ended before its end'))
    })
    res.on('error', () => breakOff({ kind: 'client-gone' }))
    res.once('finish', () => resolve({ kind: 'sent' }))
    res.once('close', () => {
      if (!res.writableFinished) breakOff({ kind: 'client-gone' })
      resolve(broken ?? { kind: 'sent' })
    })
    // What closed before anybody listened will not say so again.
    if (res.destroyed) {
      breakOff({ kind: 'client-gone' })
      resolve({ kind: 'client-gone' })
    } else if (answer.destroyed && !answer.readableEnded) {
      appBroke(new Error('the answer ended before it was read'))
    } else answer.pipe(res)
  })
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
