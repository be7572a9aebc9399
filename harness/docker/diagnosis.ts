import Dockerode from 'dockerode'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { type ClockTrip, measureClock } from './clock.ts'
import { type Containers, containersOf } from './containers.ts'
import { startThrowaway, type Throwaway, type ThrowawaySpec } from './throwaway.ts'

/**
 * What `doctor` asks of an engine: facts, and containers to try things in. Disposing of it removes all of those,
 * and waits for one that is about to start.
 */
export interface EngineUnderDiagnosis extends AsyncDisposable {
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
  /** As the engine's kernel calls it: `x86_64`, `aarch64` … */
  readonly architecture: string
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

/** How long the engine may say nothing at all: when it is first asked, and in any later call. */
export interface Patience {
  readonly connectMs: number
  readonly callMs: number
}

/**
 * Connects to the engine that DOCKER_HOST (or the default socket) names. Containers are labelled as helpers of
 * `owner`. Errors: ENGINE_UNREACHABLE.
 */
export async function connectToDiagnose(owner: string, patience: Patience): Promise<EngineUnderDiagnosis> {
  const facts = await askFacts(patience.connectMs)
  const docker = new Dockerode({ timeout: patience.callMs })
  const started: Promise<Throwaway>[] = []
  let isDisposed = false
  return {
    facts,
    containers: containersOf(docker),
    measureClock: trips => measureClock(docker, trips),
    imagesPresent: references => imagesPresent(docker, references),
    async startThrowaway(spec) {
      if (isDisposed) throw new Error('nothing is tried any more')
      const throwaway = startThrowaway(docker, spec, owner)
      started.push(throwaway)
      return throwaway
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true
      for (const throwaway of await Promise.allSettled(started)) {
        if (throwaway.status === 'fulfilled') await throwaway.value[Symbol.asyncDispose]()
      }
    },
  }
}

async function askFacts(limitMs: number): Promise<EngineFacts> {
  const startedMs = performance.now()
  try {
    const docker = new Dockerode({ timeout: limitMs })
    const [info, version] = await Promise.all([docker.info() as Promise<Info>, docker.version()])
    return factsOf(info, version)
  } catch (error) {
    const isSilent = performance.now() - startedMs >= limitMs // the error itself says "socket hang up" only
    const why = isSilent ? `it says nothing for ${limitMs / 1000} s.` : messageOf(error)
    throw new ZonefallError('ENGINE_UNREACHABLE', `No Docker engine answers: ${why}`, { cause: error })
  }
}

/** The part of `GET /info` that is read here; an engine that is not Docker's own may lack any of it. */
interface Info {
  readonly OperatingSystem?: string
  readonly KernelVersion?: string
  readonly Architecture?: string
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
    architecture: info.Architecture ?? 'unknown',
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
