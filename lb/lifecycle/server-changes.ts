import type { Config } from '../config/schema.ts'
import type { Server } from '../server/server.ts'

type ServerConfig = Config['backend']['servers'][number]

/** A server of the configuration, and the one that runs already, if it is the same: by name, zone and address. */
export interface PlannedServer {
  readonly wanted: ServerConfig
  readonly running: Server | undefined
}

export interface ServerChanges {
  readonly planned: readonly PlannedServer[]
  readonly removed: readonly Server[]
}

export function planServers(wanted: readonly ServerConfig[], running: readonly Server[]): ServerChanges {
  const planned = wanted.map(one => ({ wanted: one, running: running.find(server => isSame(server, one)) }))
  const kept = new Set(planned.map(one => one.running))
  return { planned, removed: running.filter(server => !kept.has(server)) }
}

function isSame(server: Server, { name, zone, address }: ServerConfig): boolean {
  return (
    server.name === name &&
    server.zone === zone &&
    server.host === address.host &&
    server.port === address.port
  )
}
