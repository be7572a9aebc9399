import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { NameService } from './name-service.ts'
import { DNS_PORT, OWN_PORTS, ownPorts } from './ports.ts'

/** Longer than anyone waits. */
const FORGET_AFTER_MS = 30_000

interface Asker {
  readonly from: RemoteInfo
  /** Its query's own, which another's may be too. */
  readonly id: Buffer
}

/** Stands before a name server for what is asked by UDP; resolves with its port on loopback. */
export async function standBeforeByUdp(server: string, names: NameService): Promise<number> {
  const front = await bound(0, '127.0.0.1')
  const back = await boundToOneOfOurs()
  const askers = new Map<number, Asker>()
  let lastId = 0
  const passOn = (query: Buffer, from: RemoteInfo) => {
    lastId = (lastId + 1) % 0x10000
    const id = lastId
    const asker = { from, id: query.subarray(0, 2) }
    askers.set(id, asker)
    setTimeout(() => askers.get(id) === asker && askers.delete(id), FORGET_AFTER_MS)
    back.send(withId(query, Buffer.from([id >> 8, id & 0xff])), DNS_PORT, server)
  }
  front.on('message', (query, from) => {
    const decision = names.decide(query, from.port)
    if (decision?.kind === 'answered') front.send(decision.answer, from.port, from.address)
    else if (decision?.kind === 'late') setTimeout(passOn, decision.byMs, query, from)
    else if (decision?.kind === 'pass' && query.length >= 2) passOn(query, from)
  })
  back.on('message', (answer, { address, port }) => {
    if (address !== server || port !== DNS_PORT || answer.length < 2) return
    const id = answer.readUInt16BE(0)
    const asker = askers.get(id)
    if (asker === undefined) return
    askers.delete(id)
    front.send(withId(answer, asker.id), asker.from.port, asker.from.address)
  })
  return front.address().port
}

function withId(message: Buffer, id: Buffer): Buffer {
  return Buffer.concat([id, message.subarray(2)])
}

async function boundToOneOfOurs(): Promise<Socket> {
  let tried = 0
  for (const port of ownPorts()) {
    const socket = await bound(port).catch((error: unknown) => {
      tried += 1
      if (tried > OWN_PORTS.to - OWN_PORTS.from) throw error
    })
    if (socket) return socket
  }
  throw new Error('unreachable: the ports have no end')
}

async function bound(port: number, address?: string): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(port, address)
  await once(socket, 'listening')
  socket.on('error', () => undefined) // who is not there to be sent anything asks again, or does not
  return socket
}
