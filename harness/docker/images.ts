import { setTimeout as sleep } from 'node:timers/promises'
import type Dockerode from 'dockerode'
import { unlessStatus } from './containers.ts'

const IN_USE_LIMIT_MS = 20_000
const LOOK_EVERY_MS = 250

/**
 * While a container uses it the engine refuses (409), or takes only the name away and lets the layers stay for
 * ever. When a harness has died, one watchdog removes the containers and another the images: this one waits.
 */
export async function removeImage(docker: Dockerode, reference: string): Promise<void> {
  const limit = AbortSignal.timeout(IN_USE_LIMIT_MS)
  while (!limit.aborted && (await isInUse(docker, reference))) await sleep(LOOK_EVERY_MS)
  await docker.getImage(reference).remove().catch(unlessStatus(404))
}

async function isInUse(docker: Dockerode, reference: string): Promise<boolean> {
  const image = await docker.getImage(reference).inspect().catch(unlessStatus(404))
  if (!image) return false
  const users = await docker.listContainers({ all: true, filters: { ancestor: [image.Id] } })
  return users.some(({ Image }) => Image === reference || Image === image.Id)
}
