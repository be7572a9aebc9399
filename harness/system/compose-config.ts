import { execFile } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'

/** A Compose project as Compose itself reads it, before anything of it runs. */
export interface ComposeProject {
  /** The name it runs under: prefixed, so that a copy which the user has up already is never touched. */
  readonly name: string
  /** Absolute path. */
  readonly file: string
  readonly directory: string
  /** Further Compose files laid over it, absolute paths. */
  readonly overrides?: readonly string[]
  /** Variables that its file reads, beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>
  /** sha256 of this text goes into the manifest. */
  readonly resolved: string
  readonly services: readonly ComposeService[]
  /** Volumes with a name of their own instead of one that Compose derives from the project's. */
  readonly fixedVolumes: readonly string[]
}

export interface ComposeService {
  readonly name: string
  readonly replicas: number
  readonly labels: Readonly<Record<string, string>>
  /** TCP ports of the container that are published on the host. */
  readonly publishedPorts: readonly number[]
}

const configSchema = z.looseObject({
  name: z.string(),
  services: z.record(
    z.string(),
    z.looseObject({
      labels: z.record(z.string(), z.string()).nullish(),
      scale: z.number().nullish(),
      deploy: z.looseObject({ replicas: z.number().nullish() }).nullish(),
      ports: z
        .array(
          z.looseObject({
            target: z.number(),
            published: z.string().nullish(),
            protocol: z.string().nullish(),
          }),
        )
        .nullish(),
    }),
  ),
  volumes: z
    .record(z.string(), z.looseObject({ name: z.string(), external: z.boolean().nullish() }).nullable())
    .nullish(),
})

export async function readComposeProject(
  fileGiven: string,
  referenceFile: string,
  environment?: Readonly<Record<string, string>>,
): Promise<ComposeProject> {
  const file = resolve(fileGiven)
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new ZonefallError('COMPOSE_FILE_MISSING', `There is no Compose file at ${fileGiven}.`)
  }
  const directory = dirname(file)
  const resolved = await composeConfig(file, directory, environment)
  const config = parseConfig(resolved, fileGiven)
  // A copy of the user's own, up under the file's own name, must never be meant; only the reference system is ours.
  const name = file === referenceFile ? config.name : `zonefall-${config.name}`
  return {
    name,
    file,
    directory,
    ...(environment ? { environment } : {}),
    resolved,
    services: Object.entries(config.services).map(([service, { labels, scale, deploy, ports }]) => ({
      name: service,
      replicas: scale ?? deploy?.replicas ?? 1,
      labels: labels ?? {},
      publishedPorts: (ports ?? [])
        .filter(port => (port.protocol ?? 'tcp') === 'tcp')
        .map(port => port.target),
    })),
    fixedVolumes: Object.entries(config.volumes ?? {}).flatMap(([key, volume]) =>
      volume && !volume.external && volume.name !== `${config.name}_${key}` ? [volume.name] : [],
    ),
  }
}

async function composeConfig(
  file: string,
  directory: string,
  environment: Readonly<Record<string, string>> | undefined,
): Promise<string> {
  const args = ['compose', '-f', basename(file), 'config', '--format', 'json']
  const env = { ...process.env, ...environment }
  return promisify(execFile)('docker', args, { cwd: directory, env, maxBuffer: 64 * 1024 * 1024 }).then(
    ({ stdout }) => stdout,
    (error: Error & { stderr?: string; code?: unknown }) => {
      if (error.code === 'ENOENT') {
        throw new ZonefallError('ENGINE_UNREACHABLE', 'The docker command is not installed.', {
          cause: error,
        })
      }
      throw new ZonefallError('COMPOSE_FILE_INVALID', `Compose rejects ${file}: ${firstLine(error)}`, {
        cause: error,
      })
    },
  )
}

function parseConfig(json: string, file: string) {
  const parsed = configSchema.safeParse(JSON.parse(json))
  if (!parsed.success) {
    throw new ZonefallError(
      'COMPOSE_FILE_INVALID',
      `Compose reads ${file} in a form unknown here: ${z.prettifyError(parsed.error)}`,
    )
  }
  return parsed.data
}

/** Compose's own complaint, without its warnings about unset variables. */
function firstLine(error: Error & { stderr?: string }): string {
  const lines = (error.stderr ?? '')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.includes('level=warning'))
  return lines[0] ?? messageOf(error)
}
