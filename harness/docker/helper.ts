import type { Duplex } from 'node:stream'
import type Dockerode from 'dockerode'
import { unlessStatus } from './containers.ts'
import { readOutput } from './logs.ts'

/**
 * A container of ours on the engine's side, for what the harness must not do on the host: signal a
 * process, or write a rule in a target's namespace. It is created and started before the fault
 * ("armed"), blocks on its standard input, and acts when told, so that the fault is one message. It
 * expires by itself, whatever becomes of the harness.
 */
export interface HelperSpec {
  /** Compose project of its target: the helper is labelled with it, and goes when the project goes. */
  readonly project: string
  readonly image: string
  /** Shell script that runs when the helper is fired; what it prints is returned. */
  readonly script: string
  readonly capabilities: readonly string[]
  readonly pidMode: 'host' | 'own'
  /** `engine`: it is to reach files of the engine's own system, its cgroups for one, by way of a process there. Default: its own. */
  readonly reach?: 'own' | 'engine'
  /** Id of the container whose network namespace it works in; without it, it has no network at all. */
  readonly networkOf?: string
  /** Id of the container whose cgroup its own is to lie in, so that its memory counts as that one's; cgroupfs only. */
  readonly cgroupOf?: string
  /** Default: 64 MiB. */
  readonly memoryBytes?: number
  readonly expiresSeconds: number
}

export interface ArmedHelper {
  readonly id: string
  /** Sends the one message; resolves with the helper's output when it has exited with 0. */
  fire(): Promise<string>
  /** Removes it, fired or not. Idempotent. */
  disarm(): Promise<void>
}

/** AppArmor and SELinux keep a container from the files of a process outside, whatever its capabilities. */
const UNCONFINED = ['apparmor=unconfined', 'label=disable']

export const HELPER_LABEL = 'zonefall.helper-of'

export async function armHelper(docker: Dockerode, spec: HelperSpec): Promise<ArmedHelper> {
  const container = await createHelper(
    docker,
    spec,
    expiring(spec.expiresSeconds, `read -r go || exit 3; ${spec.script}`),
  )
  let stdin: Duplex | undefined
  const disarm = async () => {
    await container.remove({ force: true, v: true }).catch(unlessStatus(404, 409))
    stdin?.destroy() // unfired it would stay open, and keep this process from ending
  }
  try {
    stdin = (await container.attach({
      stream: true,
      stdin: true,
      stdout: false,
      stderr: false,
      hijack: true,
    })) as Duplex
    const input = stdin
    await container.start()
    return { id: container.id, fire: () => fire(docker, container, input), disarm }
  } catch (error) {
    await disarm()
    throw error
  }
}

/** Its standard input ends with whoever attaches to it. */
export async function createHelper(
  docker: Dockerode,
  spec: Omit<HelperSpec, 'script' | 'expiresSeconds'>,
  program: readonly string[],
): Promise<Dockerode.Container> {
  return docker.createContainer({
    Image: spec.image,
    Entrypoint: [...program],
    Cmd: [],
    User: '0:0',
    Labels: { [HELPER_LABEL]: spec.project },
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    HostConfig: {
      NetworkMode: spec.networkOf === undefined ? 'none' : `container:${spec.networkOf}`,
      CapDrop: ['ALL'],
      CapAdd: [...spec.capabilities],
      SecurityOpt: ['no-new-privileges', ...(spec.reach === 'engine' ? UNCONFINED : [])],
      ...(spec.reach === 'engine' ? { CgroupnsMode: 'host' } : {}),
      ReadonlyRootfs: true,
      PidsLimit: 32,
      Memory: spec.memoryBytes ?? 64 * 1024 * 1024,
      ...(spec.cgroupOf === undefined ? {} : { CgroupParent: await cgroupOf(docker, spec.cgroupOf) }),
      ...(spec.pidMode === 'host' ? { PidMode: 'host' } : {}),
    },
  })
}

/** As the cgroupfs driver names it. */
async function cgroupOf(docker: Dockerode, id: string): Promise<string> {
  const { HostConfig } = await docker.getContainer(id).inspect()
  return `${HostConfig.CgroupParent || '/docker'}/${id}`
}

/**
 * A command that runs a shell script and ends it after so many seconds. By `timeout`: a shell that is process 1 of
 * its namespace cannot be killed from within it, by itself least of all, and not every sh has `read -t`.
 */
export function expiring(seconds: number, script: string): string[] {
  return ['timeout', '-s', 'KILL', String(seconds), '/bin/sh', '-c', script]
}

async function fire(docker: Dockerode, container: Dockerode.Container, stdin: Duplex): Promise<string> {
  const exited = container.wait() as Promise<{ StatusCode: number }>
  stdin.end('go\n')
  const { StatusCode } = await exited
  const output = (await readOutput(docker, container.id)).trim()
  if (StatusCode !== 0) throw new Error(`helper exited with ${StatusCode}: ${output || 'no output'}`)
  return output
}
