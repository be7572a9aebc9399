import type Dockerode from 'dockerode'
import { unlessStatus } from './containers.ts'

/**
 * Another container takes the place of one, as a deploy does it:
 *
 *   the old one is asked to end ─> renamed, and kept aside ─> the new one gets its name ─> started
 *
 * Then either the new one is kept and the old one removed, or all is rolled back.
 */
export interface Deployment {
  readonly original: string
  /** Made by `createReplacement`. */
  readonly replacement: string
  /** Whose place it is. */
  readonly name: string
}

export async function deploy(docker: Dockerode, { original, replacement, name }: Deployment): Promise<void> {
  const old = docker.getContainer(original)
  await old.stop().catch(unlessStatus(304))
  await old.rename({ name: `${name}-before` })
  await docker.getContainer(replacement).rename({ name })
  await docker.getContainer(replacement).start()
}

/** Idempotent. */
export async function keepDeployed(docker: Dockerode, { original }: Deployment): Promise<void> {
  await docker.getContainer(original).remove({ force: true, v: true }).catch(unlessStatus(404, 409))
}

/**
 * The old one is back in its place, and runs. One that is gone was deployed over for good, or went with its project:
 * then the new one stays as it is. Right at any moment, any number of times.
 */
export async function rollBack(
  docker: Dockerode,
  { original, replacement, name }: Deployment,
): Promise<void> {
  const old = docker.getContainer(original)
  const found = await old.inspect().catch(unlessStatus(404))
  if (!found || found.State.Status === 'removing' || found.State.Dead) return
  await removed(docker, replacement)
  if (found.Name !== `/${name}`) await old.rename({ name })
  await old.start().catch(unlessStatus(304))
}

/** Its name is free when this resolves. */
async function removed(docker: Dockerode, id: string): Promise<void> {
  const container = docker.getContainer(id)
  await container.remove({ force: true, v: true }).catch(unlessStatus(404, 409))
  await container.wait({ condition: 'removed' }).catch(unlessStatus(404))
}
