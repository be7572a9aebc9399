import type { IncomingMessage } from 'node:http'
import { startHttp } from './servers.ts'

/** An app that takes each request in and drops the connection instead of answering. */
export async function startDroppingApp() {
  let requests = 0
  const app = await startHttp((req, _res) => {
    req.resume()
    req.once('end', () => {
      requests += 1
      req.socket.resetAndDestroy()
    })
  })
  return { ...app, requests: () => requests }
}

/** An app that answers with method and body. */
export async function startEchoApp() {
  const bodies: string[] = []
  const app = await startHttp(async (req, res) => {
    const body = await readAll(req)
    bodies.push(body)
    res.setHeader('x-zonefall-app', 'app-b').setHeader('x-zonefall-path', 'beef')
    res.end(`${req.method} ${body.length}`)
  })
  return { ...app, bodies }
}

export async function readAll(stream: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) text += chunk
  return text
}

/** An app that answers with the headers that reached it. */
export async function startMirrorApp() {
  return await startHttp((req, res) => {
    req.resume()
    req.once('end', () => res.end(JSON.stringify(req.headers)))
  })
}

/** An app of which each answer is given by hand: `answers` has one for each request that waits. */
export async function startManualApp() {
  const answers: ((status?: number) => void)[] = []
  const app = await startHttp((req, res) => {
    req.resume()
    answers.push((status = 200) => {
      if (!res.headersSent) res.writeHead(status).end('ok')
    })
  })
  return { ...app, answers }
}
