import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { createThrowawayProject, type ThrowawayProject } from '../../docker/testing/throwaway-project.ts'
import type { ContainerRef } from '../../history/event.ts'
import type { FaultTarget } from '../fault.ts'

/** For tests of network faults: a web server, and a client in another container that asks it when told. */
export interface Pair extends AsyncDisposable {
  readonly project: ThrowawayProject
  readonly target: FaultTarget
  /** Once, over a connection of its own or over the one that is kept. */
  ask(connection: 'new' | 'kept', deadlineMs?: number): Promise<Answer>
  /** So many UDP packets there and back: how many came back. */
  echoes(packets: number): Promise<number>
  /** How long a body of so many bytes takes, in ms. */
  download(bytes: number): Promise<number>
}

export interface Answer {
  /** `ok`, `timeout`, or the code of the error: `ECONNREFUSED`, `ECONNRESET` … */
  readonly outcome: string
  readonly ms: number
}

const SERVER = `
  require('http').createServer((q, s) => s.end(Buffer.alloc(Number(q.url.slice(1)) || 2, 'x'))).listen(8080)
  const echo = require('dgram').createSocket('udp4')
  echo.on('message', (text, from) => echo.send(text, from.port, from.address, () => {}))
  echo.on('error', () => {})
  echo.bind(8081)`

const CLIENT = `
  const http = require('http'), dgram = require('dgram')
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const get = (path, agent, ms) => new Promise(done => {
    const start = performance.now()
    const end = outcome => { clearTimeout(timer); done({ outcome, ms: performance.now() - start }) }
    const ask = http.get({ host: 'web', port: 8080, path, agent }, answer => {
      answer.resume().on('end', () => end('ok')).on('error', error => end(error.code))
    }).on('error', error => end(error.code))
    const timer = setTimeout(() => { end('timeout'); ask.destroy() }, ms)
  })
  const echoes = packets => new Promise(done => {
    const socket = dgram.createSocket('udp4')
    let came = 0, sent = 0
    socket.on('message', () => { came += 1 })
    const send = () => {
      if (sent === packets) return setTimeout(() => { socket.close(); done(came) }, 300)
      sent += 1
      socket.send('x', 8081, 'web', () => setTimeout(send, 1))
    }
    send()
  })
  require('readline').createInterface({ input: process.stdin }).on('line', async line => {
    const { what, agentIs, ms, number } = JSON.parse(line)
    const said = what === 'echoes' ? await echoes(number) : await get('/' + number, agentIs === 'kept' ? agent : false, ms)
    console.log(JSON.stringify(said))
  })`

export async function startPair(): Promise<Pair> {
  const project = createThrowawayProject()
  try {
    const web = await project.start('web', { command: ['node', '-e', SERVER], network: 'own' })
    const client = await project.start('client', { command: ['sleep', '120'], network: 'own' })
    const child = spawn('docker', ['exec', '-i', client.name, 'node', '-e', CLIENT])
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const say = async (question: object) => {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error('the client has ended')
      return JSON.parse(value)
    }
    const ask: Pair['ask'] = (agentIs, ms = 1500) => say({ what: 'get', agentIs, ms, number: 2 })
    while ((await ask('new')).outcome !== 'ok'); // until it listens
    return {
      project,
      target: { ...web, system: [referenceOf(web, 'web'), referenceOf(client, 'client')] },
      ask,
      echoes: number => say({ what: 'echoes', number }),
      download: async number =>
        ((await say({ what: 'get', agentIs: 'new', ms: 20_000, number })) as Answer).ms,
      async [Symbol.asyncDispose]() {
        await endOf(child)
        await project[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await project[Symbol.asyncDispose]()
    throw error
  }
}

function referenceOf({ id, name }: { id: string; name: string }, service: string): ContainerRef {
  return { id, name, service, zone: `zone-${service}`, tier: service }
}

async function endOf(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null) return
  child.kill()
  await once(child, 'close')
}
