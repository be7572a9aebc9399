import type { Server } from './server.ts'

/** A place that is taken by something else than an attempt: a tunnel, say. */
export function takePlace(server: Server): void {
  server.sessions.current += 1
  server.sessions.total += 1
}

export function leavePlace(server: Server): void {
  server.sessions.current -= 1
  server.onFree()
}
