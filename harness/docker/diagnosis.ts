import Dockerode from 'dockerode'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { type ClockTrip, measureClock } from './clock.ts'
import { type Containers, containersOf } from './containers.ts'
import { startThrowaway, type Throwaway, type ThrowawaySpec } from './throwaway.ts'

/** What `doctor` asks of an engine: facts, and containers to try things in. Each call has a time limit. */
export interface EngineUnderDiagnosis {
  readonly facts: EngineFacts
  readonly containers: Pick<Containers, 'exec' | 'inspect'>
  measureClock(trips: number): Promise<ClockTrip[]>
  /** Those of these images that the engine has. */
  imagesPresent(references: readonly string[]): Promise<string[]>
  startThrowaway(spec: ThrowawaySpec): Promise<Throwaway>
}

export interface EngineFacts {
  readonly serverVersion: string
  readonly apiVersion: string
  readonly operatingSystem: string
  readonly kernel: string
  readonly cgroupVersion: string
  readonly cgroupDriver: string
  readonly storageDriver: string
  /** Such as `name=seccomp,profile=default` and `name=rootless`. */
  readonly securityOptions: readonly string[]
  /** What the engine says that it cannot limit: `memory`, `cpu`, `pids`. */
  readonly unlimitable: readonly string[]
  readonly cpus: number
  readonly memoryBytes: number
}

/**
 * Connects to the engine that DOCKER_HOST (or the default socket) names; a call that it leaves without any answer
 * for `patienceMs` fails. Errors: ENGINE_UNREACHABLE.
 */
export async function connectToDiagnose(patienceMs: number): Promise<EngineUnderDiagnosis> {
  const { docker, facts } = await openAndAsk(patienceMs).catch((error: unknown) => {
    throw new ZonefallError('ENGINE_UNREACHABLE', `No Docker engine answers: ${messageOf(error)}`, {
      cause: error,
    })
  })
  return {
    facts,
    containers: containersOf(docker),
    measureClock: trips => measureClock(docker, trips),
    imagesPresent: references => imagesPresent(docker, references),
    startThrowaway: spec => startThrowaway(docker, spec),
  }
}

async function openAndAsk(patienceMs: number) {
  const docker = new Dockerode({ timeout: patienceMs })
  const [info, version] = await Promise.all([docker.info() as Promise<Info>, docker.version()])
  return { docker, facts: factsOf(info, version) }
}

/** The part of `GET /info` that is read here; an engine that is not Docker's own may lack any of it. */
interface Info {
  readonly OperatingSystem?: string
  readonly KernelVersion?: string
  readonly CgroupVersion?: string
  readonly CgroupDriver?: string
  readonly Driver?: string
  readonly SecurityOptions?: readonly string[] | null
  readonly MemoryLimit?: boolean
  readonly CpuCfsQuota?: boolean
  readonly PidsLimit?: boolean
  readonly NCPU?: number
  readonly MemTotal?: number
}

function factsOf(info: Info, version: { Version: string; ApiVersion: string }): EngineFacts {
  const limits = { memory: info.MemoryLimit, cpu: info.CpuCfsQuota, pids: info.PidsLimit }
  return {
    serverVersion: version.Version,
    apiVersion: version.ApiVersion,
    operatingSystem: info.OperatingSystem ?? 'unknown system',
    kernel: info.KernelVersion ?? 'unknown',
    cgroupVersion: info.CgroupVersion ?? 'unknown',
    cgroupDriver: info.CgroupDriver ?? 'unknown',
    storageDriver: info.Driver ?? 'unknown',
    securityOptions: info.SecurityOptions ?? [],
    unlimitable: Object.entries(limits).flatMap(([name, can]) => (can === false ? [name] : [])),
    cpus: info.NCPU ?? 0,
    memoryBytes: info.MemTotal ?? 0,
  }
}

async function imagesPresent(docker: Dockerode, references: readonly string[]): Promise<string[]> {
  const images = await docker.listImages({ filters: { reference: [...references] } })
  const tags = new Set(images.flatMap(image => image.RepoTags ?? []))
  return references.filter(reference => tags.has(reference))
}
