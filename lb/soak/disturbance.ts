import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { SoakRandom } from './soak-random.ts'
import type { SoakServer } from './soak-server.ts'
import type { WatchedBalancer } from './watched-balancer.ts'

export const DISTURBANCES = ['kill', 'freeze', 'drain'] as const

/** One that was done, from when until all was well again; on the monotonic clock. */
export interface Disturbance {
  readonly kind: (typeof DISTURBANCES)[number]
  readonly server: string
  readonly fromMs: number
  readonly toMs: number
}

/** Shorter than `timeouts.server`, or what a frozen server has could not be kept. */
const HELD_MS = { least: 100, most: 700 }
const CALM_MS = { least: 20, most: 300 }

/** One at a time, so that there always is somebody to keep a request: each kind once in every three, in random order. */
export async function disturb(
  balancer: WatchedBalancer,
  servers: readonly SoakServer[],
  random: SoakRandom,
  isOver: (done: readonly Disturbance[]) => boolean,
): Promise<Disturbance[]> {
  const done: Disturbance[] = []
  while (!isOver(done)) {
    for (const kind of random.shuffled(DISTURBANCES)) {
      const server = servers[random.between(0, servers.length - 1)] as SoakServer
      await delay(random.between(CALM_MS.least, CALM_MS.most))
      const fromMs = performance.now()
      await strike(kind, server, balancer)
      await delay(random.between(HELD_MS.least, HELD_MS.most))
      await mend(kind, server, balancer)
      await balancer.allUp()
      done.push({ kind, server: server.name, fromMs, toMs: performance.now() })
    }
  }
  return done
}

async function strike(
  kind: Disturbance['kind'],
  server: SoakServer,
  balancer: WatchedBalancer,
): Promise<void> {
  if (kind === 'kill') await server.kill()
  else if (kind === 'freeze') server.freeze()
  else await balancer.command(server.name, 'drain')
}

async function mend(kind: Disturbance['kind'], server: SoakServer, balancer: WatchedBalancer): Promise<void> {
  if (kind === 'kill') await server.restart()
  else if (kind === 'freeze') server.thaw()
  else await balancer.command(server.name, 'ready')
}
