import { openSync, writeSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { answerTo } from './soak-request.ts'

/**
 * One server of a soak: `node soak-server-process.ts PORT DEEDS`. Each POST is written down in the file DEEDS before
 * it is answered, in one system call: what a killed server has done is known. Tells its port, and goes with its parent.
 */
const [port, deeds] = process.argv.slice(2)
const deedsFile = openSync(deeds ?? '', 'a')
const PIECE = 16_384
const WORK_MS = 1

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const { method = '', url = '' } = request
  if (url === '/readyz') {
    response.end('ready')
    return
  }
  request.resume().on('end', () => {
    if (method === 'POST') writeSync(deedsFile, `${url.slice(url.lastIndexOf('/') + 1)}\n`)
    void delay(WORK_MS).then(() => answer(response, answerTo(method, url)))
  })
})
server.listen(Number(port), '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())

/** Large ones in pieces, as the client takes them. */
async function answer(response: ServerResponse, text: string): Promise<void> {
  if (text.length < PIECE) {
    response.end(text)
    return
  }
  response.writeHead(200, { 'content-length': text.length })
  for (let at = 0; at < text.length && !response.destroyed; at += PIECE) {
    response.write(text.slice(at, at + PIECE))
    await delay(0)
  }
  response.end()
}
