import { setTimeout as sleep } from 'node:timers/promises'
import Dockerode from 'dockerode'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { type ClockTrip, measureClock } from './clock.ts'
import { type Containers, containersOf } from './containers.ts'
import { type EngineDeed, watchDeeds } from './deeds.ts'
import { withEngineErrors } from './engine-errors.ts'
import { type EngineEvent, watchEvents } from './events.ts'
import { type ArmedHelper, armHelper, type HelperSpec } from './helper.ts'
import { removeImage } from './images.ts'
import { type Inventory, takeInventory } from './inventory.ts'
import { type ProjectRemains, removeProject, surveyProject } from './project.ts'
import { type StandingHelper, type StandingHelperSpec, standHelper } from './standing-helper.ts'

/** All that the rest of the harness may ask of a Docker engine. Only this folder knows dockerode. */
export interface Engine {
  readonly info: EngineInfo
  readonly containers: Containers
  /** Whether it answers, or does so again within the limit. */
  answersWithin(limitMs: number): Promise<boolean>
  /** Calls `onEvent` for each event of the project until aborted; rejects with ENGINE_LOST if the stream breaks. */
  watchEvents(project: string, onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<void>
  /** The same of all that is done to its containers, with what each deed was told; of networks, everybody's. */
  watchDeeds(project: string, onDeed: (deed: EngineDeed) => void, signal: AbortSignal): Promise<void>
  measureClock(trips: number): Promise<ClockTrip[]>
  /** Creates and starts a helper container that waits for one message before it acts. */
  armHelper(spec: HelperSpec): Promise<ArmedHelper>
  /** Creates and starts a helper that stays and is told several things. */
  standHelper(spec: StandingHelperSpec): Promise<StandingHelper>
  hasImage(reference: string): Promise<boolean>
  /** Removes a name of an image, waiting for a container that still uses it to be gone. Idempotent. */
  removeImage(reference: string): Promise<void>
  surveyProject(project: string): Promise<ProjectRemains>
  /** Settings of the project's containers, and what else the engine carries. */
  takeInventory(project: string): Promise<Inventory>
  /** Removes containers, networks and volumes that carry the project's label, and nothing else. Idempotent. */
  removeProject(project: string): Promise<void>
  volumeProject(name: string): Promise<string | null | undefined>
}

export interface EngineInfo {
  readonly serverVersion: string
  readonly apiVersion: string
  readonly operatingSystem: string
  readonly kernel: string
  readonly cgroupVersion: string
  /** `cgroupfs` or `systemd`: who makes cgroups, and so what their paths are. */
  readonly cgroupDriver: string
  readonly cpus: number
  readonly memoryBytes: number
}

/** Connects to the engine that DOCKER_HOST (or the default socket) names. */
export async function connectEngine(): Promise<Engine> {
  const docker = new Dockerode()
  const [info, version] = await Promise.all([docker.info(), docker.version()]).catch((error: unknown) => {
    throw new ZonefallError('ENGINE_UNREACHABLE', `No Docker engine answers: ${messageOf(error)}`, {
      cause: error,
    })
  })
  return withEngineErrors<Engine>({
    info: {
      serverVersion: version.Version,
      apiVersion: version.ApiVersion,
      operatingSystem: info.OperatingSystem,
      kernel: info.KernelVersion,
      cgroupVersion: info.CgroupVersion ?? 'unknown',
      cgroupDriver: info.CgroupDriver ?? 'unknown',
      cpus: info.NCPU,
      memoryBytes: info.MemTotal,
    },
    containers: withEngineErrors(containersOf(docker)),
    answersWithin: limitMs => answersWithin(docker, limitMs),
    watchEvents: (project, onEvent, signal) => watchEvents(docker, project, onEvent, signal),
    watchDeeds: (project, onDeed, signal) => watchDeeds(docker, project, onDeed, signal),
    measureClock: trips => measureClock(docker, trips),
    armHelper: spec => armHelper(docker, spec),
    standHelper: spec => standHelper(docker, spec),
    hasImage: reference => hasImage(docker, reference),
    removeImage: reference => removeImage(docker, reference),
    surveyProject: project => surveyProject(docker, project),
    takeInventory: project => takeInventory(docker, project),
    removeProject: project => removeProject(docker, project),
    volumeProject: name => volumeProject(docker, name),
  })
}

/** An engine that is stopped, and not dead, answers nothing and closes nothing. */
const PING_LIMIT_MS = 2000

async function answersWithin(docker: Dockerode, limitMs: number): Promise<boolean> {
  const limit = AbortSignal.timeout(limitMs)
  const answers = () =>
    Promise.race([
      docker.ping().then(
        () => true,
        () => false,
      ),
      sleep(PING_LIMIT_MS, false, { ref: false }),
    ])
  while (!(await answers())) {
    if (limit.aborted) return false
    await sleep(200)
  }
  return true
}

async function hasImage(docker: Dockerode, reference: string): Promise<boolean> {
  const images = await docker.listImages({ filters: { reference: [reference] } })
  return images.length > 0
}

/** The Compose project that a volume belongs to: `null` if to none, `undefined` if there is no such volume. */
async function volumeProject(docker: Dockerode, name: string): Promise<string | null | undefined> {
  const { Volumes } = await docker.listVolumes({ filters: { name: [name] } })
  const volume = Volumes.find(candidate => candidate.Name === name) // the filter matches parts of names
  return volume && (volume.Labels?.['com.docker.compose.project'] ?? null)
}
