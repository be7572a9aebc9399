import { randomBytes } from 'node:crypto'
import Dockerode from 'dockerode'
import { removeProject } from '../project.ts'

/** For tests: containers that look like those of a Compose project of their own, and go with it. */
export interface ThrowawayProject extends AsyncDisposable {
  readonly name: string
  /** Starts a container that sleeps; `restart` is its restart policy. */
  sleeper(service: string, restart?: 'no' | 'always'): Promise<ThrowawayTarget>
  start(service: string, spec: ContainerSpec): Promise<ThrowawayTarget>
}

export interface ContainerSpec {
  readonly command: readonly string[]
  readonly restart?: 'no' | 'always'
  /** `own`: in the project's own network, which has no way out. Default: none at all. */
  readonly network?: 'none' | 'own'
  /** What `docker create` may be told beside that. */
  readonly more?: Dockerode.ContainerCreateOptions
}

/** What a fault's `arm` takes as its target. */
export interface ThrowawayTarget {
  readonly id: string
  readonly name: string
  readonly project: string
  readonly system: readonly []
}

const IMAGE = 'zonefall/toolbox:1'

export function createThrowawayProject(): ThrowawayProject {
  const docker = new Dockerode()
  const name = `zonefall-test-${randomBytes(4).toString('hex')}`
  let network: Promise<unknown> | undefined
  const start: ThrowawayProject['start'] = async (service, spec) => {
    if (spec.network === 'own') {
      network ??= createNetwork(docker, name)
      await network
    }
    const containerName = `${name}-${service}-1`
    const container = await docker.createContainer({
      name: containerName,
      Image: IMAGE,
      Entrypoint: [...spec.command],
      Cmd: [],
      ...spec.more,
      Labels: {
        'com.docker.compose.project': name,
        'com.docker.compose.service': service,
        'com.docker.compose.container-number': '1',
        'com.docker.compose.oneoff': 'False',
      },
      HostConfig: {
        NetworkMode: spec.network === 'own' ? name : 'none',
        Init: true,
        RestartPolicy: { Name: spec.restart ?? 'no' },
        ...spec.more?.HostConfig,
      },
      ...(spec.network === 'own'
        ? { NetworkingConfig: { EndpointsConfig: { [name]: { Aliases: [service] } } } }
        : {}),
    })
    await container.start()
    return { id: container.id, name: containerName, project: name, system: [] }
  }
  return {
    name,
    start,
    sleeper: (service, restart = 'no') =>
      start(service, { command: ['/bin/sh', '-c', 'while :; do sleep 1; done'], restart }),
    [Symbol.asyncDispose]: () => removeProject(docker, name),
  }
}

function createNetwork(docker: Dockerode, project: string): Promise<unknown> {
  return docker.createNetwork({
    Name: project,
    Internal: true,
    Labels: { 'com.docker.compose.project': project },
  })
}
