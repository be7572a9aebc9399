import { randomBytes } from 'node:crypto'
import Dockerode from 'dockerode'
import { removeProject } from '../project.ts'

/** For tests: containers that look like those of a Compose project of their own, and go with it. */
export interface ThrowawayProject extends AsyncDisposable {
  readonly name: string
  /** Starts a container that sleeps; `restart` is its restart policy. */
  sleeper(service: string, restart?: 'no' | 'always'): Promise<{ id: string; name: string; project: string }>
}

const IMAGE = 'zonefall/toolbox:1'

export function createThrowawayProject(): ThrowawayProject {
  const docker = new Dockerode()
  const name = `zonefall-test-${randomBytes(4).toString('hex')}`
  return {
    name,
    async sleeper(service, restart = 'no') {
      const containerName = `${name}-${service}-1`
      const container = await docker.createContainer({
        name: containerName,
        Image: IMAGE,
        Entrypoint: ['/bin/sh', '-c', 'while :; do sleep 1; done'],
        Cmd: [],
        Labels: {
          'com.docker.compose.project': name,
          'com.docker.compose.service': service,
          'com.docker.compose.container-number': '1',
          'com.docker.compose.oneoff': 'False',
        },
        HostConfig: { NetworkMode: 'none', Init: true, RestartPolicy: { Name: restart } },
      })
      await container.start()
      return { id: container.id, name: containerName, project: name }
    },
    [Symbol.asyncDispose]: () => removeProject(docker, name),
  }
}
