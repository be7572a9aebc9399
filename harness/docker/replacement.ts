import type Dockerode from 'dockerode'
import { unlessStatus } from './containers.ts'

/** What is to be other than in the container that it stands for. */
export interface ReplacementChanges {
  readonly Image?: string
  readonly Entrypoint?: string[]
  readonly Cmd?: string[]
  readonly User?: string
  readonly WorkingDir?: string
}

/**
 * Another container of the same configuration, to stand in a container's place when that one has been removed:
 *
 *   created under a name of its own ─> (the other is removed) ─> renamed ─> started
 *
 * It is created beforehand, so that nothing of the configuration, secrets least of all, has to be kept elsewhere.
 * Named volumes are shared; anonymous ones are its own, and empty. Labels are the other's: it is one of its project.
 */
export async function createReplacement(
  docker: Dockerode,
  id: string,
  changes: ReplacementChanges = {},
): Promise<string> {
  const { Config, HostConfig, Name, NetworkSettings } = await docker.getContainer(id).inspect()
  const { Hostname, ...config } = Config
  const [first, ...others] = Object.entries(NetworkSettings.Networks ?? {})
  const container = await docker.createContainer({
    ...config,
    // By default its host name is its id.
    ...(Hostname && !id.startsWith(Hostname) ? { Hostname } : {}),
    ...changes,
    name: `${Name.replace(/^\//, '')}-replacement`,
    HostConfig,
    // Engines before 25 take one network here.
    ...(first ? { NetworkingConfig: { EndpointsConfig: { [first[0]]: endpointOf(first[1], id) } } } : {}),
  })
  try {
    for (const [network, endpoint] of others) {
      await docker
        .getNetwork(network)
        .connect({ Container: container.id, EndpointConfig: endpointOf(endpoint, id) })
    }
    return container.id
  } catch (error) {
    await container.remove({ force: true, v: true }).catch(unlessStatus(404, 409))
    throw error
  }
}

/** What was asked for, without what the engine made of it. */
function endpointOf(endpoint: Dockerode.NetworkInfo, id: string): Dockerode.EndpointSettings {
  const { IPAMConfig, Links, Aliases } = endpoint as Dockerode.EndpointSettings
  return {
    ...(IPAMConfig ? { IPAMConfig } : {}),
    ...(Links ? { Links } : {}),
    Aliases: (Aliases ?? []).filter(alias => !id.startsWith(alias)),
  }
}

/**
 * Puts it in the place of that name, if that is empty, and starts it. If the other is still there, the replacement
 * is not needed, and goes. Right at any moment, any number of times.
 */
export async function putInPlace(docker: Dockerode, id: string, name: string): Promise<void> {
  const replacement = docker.getContainer(id)
  if (!(await replacement.inspect().catch(unlessStatus(404)))) return // gone with its project
  const holder = await holderOf(docker, name)
  if (holder !== undefined && holder !== id) {
    await replacement.remove({ force: true, v: true }).catch(unlessStatus(404, 409))
    return
  }
  if (holder === undefined) await replacement.rename({ name })
  await replacement.start().catch(unlessStatus(304))
}

/** Removes it unless it stands in the place of that name. */
export async function discardReplacement(docker: Dockerode, id: string, name: string): Promise<void> {
  if ((await holderOf(docker, name)) === id) return
  await docker.getContainer(id).remove({ force: true, v: true }).catch(unlessStatus(404, 409))
}

/** Who has that name; one that is just being removed is waited for. */
async function holderOf(docker: Dockerode, name: string): Promise<string | undefined> {
  const holder = await docker.getContainer(name).inspect().catch(unlessStatus(404))
  if (!holder) return undefined
  const { Dead, Status } = holder.State
  if (!Dead && Status !== 'removing') return holder.Id
  await docker.getContainer(holder.Id).wait({ condition: 'removed' }).catch(unlessStatus(404))
  return undefined
}
