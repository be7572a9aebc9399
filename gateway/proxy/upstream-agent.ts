import type { Agent } from 'node:http'
import type { LookupFunction } from 'node:net'
import { http } from '../server/node-http.ts'

/** Below the 75 s of the apps, so that an idle connection is closed from this end. */
const idleConnectionMs = 30_000

/** Connections kept to one app. http-proxy without an agent opens a new one for each request. */
export function createUpstreamAgent(lookup: LookupFunction): Agent {
  return new http.Agent({
    keepAlive: true,
    // The newest first: the others may grow old and go.
    scheduling: 'lifo',
    maxFreeSockets: 64,
    timeout: idleConnectionMs,
    lookup,
  })
}
