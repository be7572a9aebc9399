import type Dockerode from 'dockerode'
import { messageOf } from '../errors/zonefall-error.ts'
import { unlessStatus } from './containers.ts'
import { HELPER_LABEL } from './helper.ts'

/** What is there of a Compose project, by label: names, for people to read. */
export interface ProjectRemains {
  readonly containers: readonly string[]
  readonly helpers: readonly string[]
  readonly networks: readonly string[]
  readonly volumes: readonly string[]
}

export function isEmpty(remains: ProjectRemains): boolean {
  return Object.values(remains).every(names => names.length === 0)
}

export async function surveyProject(docker: Dockerode, project: string): Promise<ProjectRemains> {
  const found = await findProject(docker, project)
  const nameOf = (container: Dockerode.ContainerInfo) =>
    container.Names[0]?.slice(1) ?? container.Id.slice(0, 12)
  return {
    containers: found.containers.map(nameOf),
    helpers: found.helpers.map(nameOf),
    networks: found.networks.map(network => network.Name),
    volumes: found.volumes.map(volume => volume.Name),
  }
}

export async function removeProject(docker: Dockerode, project: string): Promise<void> {
  const { containers, helpers, networks, volumes } = await findProject(docker, project)
  await Promise.all(
    [...helpers, ...containers].map(({ Id }) =>
      docker.getContainer(Id).remove({ force: true, v: true }).catch(unlessStatus(404, 409)),
    ),
  )
  await Promise.all(networks.map(({ Id, Name }) => removeNetwork(docker, Id, Name)))
  await Promise.all(volumes.map(({ Name }) => docker.getVolume(Name).remove().catch(unlessStatus(404))))
}

/**
 * Engines have been seen (20.10, once in hundreds of runs) to count an endpoint in a network after its last
 * container is gone. Nothing that can be asked of them mends that.
 */
async function removeNetwork(docker: Dockerode, id: string, name: string): Promise<void> {
  const network = docker.getNetwork(id)
  await network
    .remove()
    .catch(unlessStatus(404))
    .catch(async (error: unknown) => {
      const { Containers } = (await network.inspect()) as { Containers?: object }
      if (!/active endpoints/.test(messageOf(error)) || Object.keys(Containers ?? {}).length > 0) throw error
      const what = `the engine counts endpoints in the network ${name} that no container has, and does not remove it`
      throw new Error(`${what}: restart the engine, then run \`zonefall cleanup\``, { cause: error })
    })
}

async function findProject(docker: Dockerode, project: string) {
  const ofProject = { label: [`com.docker.compose.project=${project}`] }
  const [containers, helpers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters: ofProject }),
    docker.listContainers({ all: true, filters: { label: [`${HELPER_LABEL}=${project}`] } }),
    docker.listNetworks({ filters: ofProject }),
    docker.listVolumes({ filters: ofProject }),
  ])
  return { containers, helpers, networks, volumes: volumes.Volumes }
}
