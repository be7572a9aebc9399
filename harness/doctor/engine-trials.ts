import type { EngineUnderDiagnosis } from '../docker/diagnosis.ts'
import { type Attempts, NETWORK_SCRIPT, parseAttempts } from './network-script.ts'
import { parseResources, RESOURCES_SCRIPT, type Resources } from './resources-script.ts'

export const TOOLBOX = 'zonefall/toolbox:1'
/** Longer than any trial takes, and short enough that one which is left behind is soon gone. */
export const EXPIRES_SECONDS = 10

/** What is tried in containers on the engine's side: each once, however many checks ask. */
export interface EngineTrials {
  hasToolbox(): Promise<boolean>
  /** In the network namespace of another container, with NET_ADMIN alone, as fault helpers are. */
  network(): Promise<NetworkTrial>
  /** What the engine's kernel says of itself. */
  resources(): Promise<Resources>
}

export interface NetworkTrial {
  readonly attempts: Attempts
  /** Whether the other container saw what was changed. */
  readonly seenByTarget: 'yes' | 'no'
}

export function engineTrials(api: EngineUnderDiagnosis): EngineTrials {
  return {
    hasToolbox: once(async () => (await api.imagesPresent([TOOLBOX])).length > 0),
    network: once(() => tryNetwork(api)),
    resources: once(() => readResources(api)),
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work()
    return result
  }
}

/** A container that does nothing, for others to act on. */
export function startTarget(api: EngineUnderDiagnosis) {
  return api.startThrowaway({
    image: TOOLBOX,
    script: `sleep ${EXPIRES_SECONDS}`,
    capabilities: [],
    pidMode: 'own',
    expiresSeconds: EXPIRES_SECONDS,
  })
}

async function tryNetwork(api: EngineUnderDiagnosis): Promise<NetworkTrial> {
  await using target = await startTarget(api)
  await using helper = await api.startThrowaway({
    image: TOOLBOX,
    script: NETWORK_SCRIPT,
    capabilities: ['NET_ADMIN'],
    pidMode: 'own',
    networkOf: target.id,
    expiresSeconds: EXPIRES_SECONDS,
  })
  const { output } = await helper.ended
  const seen = await api.containers.exec(target.id, ['grep', '-qx', '1400', '/sys/class/net/lo/mtu'], 2000)
  return { attempts: parseAttempts(output), seenByTarget: seen === 0 ? 'yes' : 'no' }
}

async function readResources(api: EngineUnderDiagnosis): Promise<Resources> {
  await using reader = await api.startThrowaway({
    image: TOOLBOX,
    script: RESOURCES_SCRIPT,
    capabilities: [],
    pidMode: 'own',
    expiresSeconds: EXPIRES_SECONDS,
  })
  return parseResources((await reader.ended).output)
}
