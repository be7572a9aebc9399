import { pause } from '../../harness/clock/pause.ts'
import type { ContainerState } from '../../harness/docker/containers.ts'

/** So many that each of three has several of them, one that a balancer only begins to trust again as well. */
const REQUESTS = 40
const FEWEST_EACH = 3
const LIMIT_MS = 60_000

export interface AnsweringRequest {
  readonly url: URL
  readonly services: ReadonlySet<string>
  readonly containers: readonly ContainerState[]
  readonly signal: AbortSignal
}

/**
 * Resolves when each of the services gives some of the answers, or is behind one that does. A container that is
 * healthy again need not be in rotation yet: what a balancer holds against a server lasts longer the more often it
 * has failed. Errors: when they do not within a minute.
 */
export async function untilAllAnswer({ url, services, containers, signal }: AnsweringRequest): Promise<void> {
  const limit = AbortSignal.timeout(LIMIT_MS)
  for (;;) {
    const counts = await answersOf(url, containers)
    const missing = [...services].filter(service => (counts.get(service) ?? 0) < FEWEST_EACH)
    if (missing.length === 0) return
    if (limit.aborted) throw new Error(`${missing.join(' and ')} did not come back into rotation`)
    await pause(200, signal)
  }
}

async function answersOf(url: URL, containers: readonly ContainerState[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (let request = 0; request < REQUESTS; request += 1) {
    for (const name of (await askPath(url)).split(',').map(text => text.trim())) {
      const service = containers.find(({ id }) => name !== '' && id.startsWith(name))?.service
      if (service !== undefined) counts.set(service, (counts.get(service) ?? 0) + 1)
    }
  }
  return counts
}

/** Which containers a good answer came through; nothing for any other. */
async function askPath(url: URL): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) })
    await answer.arrayBuffer()
    return answer.ok ? (answer.headers.get('x-zonefall-path') ?? '') : ''
  } catch {
    return ''
  }
}
