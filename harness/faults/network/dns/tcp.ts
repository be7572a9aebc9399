import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { NameService } from './name-service.ts'
import { DNS_PORT, ownPorts } from './ports.ts'

/** Stands before a name server for what is asked by TCP; resolves with its port on loopback. */
export async function standBeforeByTcp(server: string, names: NameService): Promise<number> {
  const ports = ownPorts()
  const listener = createServer(client => {
    const onward = onDemand(() => connectBehind(client, server, ports.next().value))
    client.on('error', () => client.destroy())
    client.on('close', () => onward.made?.resetAndDestroy()) // so that its port is free again at once
    onEachMessage(client, query => {
      const decision = names.decide(query, client.remotePort ?? 0)
      if (decision?.kind === 'answered') send(client, decision.answer)
      else if (decision?.kind === 'late') setTimeout(() => send(onward.get(), query), decision.byMs)
      else if (decision?.kind === 'pass') send(onward.get(), query)
    })
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return (listener.address() as AddressInfo).port
}

function connectBehind(client: Socket, host: string, localPort: number): Socket {
  const behind = connect({ host, port: DNS_PORT, localPort, noDelay: true })
  behind.on('error', () => behind.destroy())
  behind.on('close', () => client.end())
  onEachMessage(behind, answer => send(client, answer))
  return behind
}

function onDemand<T>(make: () => T): { readonly made: T | undefined; get(): T } {
  let made: T | undefined
  return {
    get made() {
      return made
    },
    get() {
      made ??= make()
      return made
    },
  }
}

/** By TCP, two bytes before each message say how long it is. */
function onEachMessage(socket: Socket, onMessage: (message: Buffer) => void): void {
  let kept: Buffer = Buffer.alloc(0)
  socket.on('data', bytes => {
    kept = Buffer.concat([kept, bytes])
    while (kept.length >= 2 && kept.length >= 2 + kept.readUInt16BE(0)) {
      const end = 2 + kept.readUInt16BE(0)
      onMessage(kept.subarray(2, end))
      kept = kept.subarray(end)
    }
  })
}

function send(socket: Socket, message: Buffer): void {
  if (socket.destroyed) return
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  socket.write(Buffer.concat([length, message]))
}
