import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import type { RunProgram } from './program.ts'

export type SideName = 'base' | 'candidate'

interface ConfigService {
  readonly image?: string
  readonly build?: unknown
}

/** What each service of a side runs, where that is an image which is built from the side's own files. */
export type SideImages = Readonly<Record<string, string>>

/**
 * Both sides would build images of the same name, and the second would then run as both. Each gets names of its
 * own: for the services that are built, and for those that run the image of one that is.
 */
export function planSideImages({ name, resolved }: ComposeProject, side: SideName): SideImages {
  const config = JSON.parse(resolved) as { name: string; services: Record<string, ConfigService> }
  const services = Object.entries(config.services)
  const own = (service: string) => `zonefall-gate/${name}-${side}-${service}:local`
  const byImage = new Map<string, string>()
  for (const [service, { build, image = `${config.name}-${service}` }] of services) {
    if (build && !byImage.has(image)) byImage.set(image, own(service))
  }
  return Object.fromEntries(
    services.flatMap(([service, { build, image }]) => {
      if (build) return [[service, own(service)]]
      const shared = image === undefined ? undefined : byImage.get(image)
      return shared === undefined ? [] : [[service, shared]]
    }),
  )
}

/** The project with those images put in by a further Compose file at the given path. */
export async function withSideImages(
  project: ComposeProject,
  images: SideImages,
  overridePath: string,
): Promise<ComposeProject> {
  const services = Object.fromEntries(
    Object.entries(images).map(([service, image]) => [service, { image, pull_policy: 'missing' }]),
  )
  await writeFile(overridePath, `${JSON.stringify({ services }, null, 2)}\n`) // JSON is YAML
  return { ...project, overrides: [overridePath] }
}

/** Builds all that the project's files build. Errors: BUILD_FAILED, with the last lines of the build. */
export async function buildSide(side: SideName, project: ComposeProject, run: RunProgram): Promise<void> {
  const files = [basename(project.file), ...(project.overrides ?? [])].flatMap(file => ['-f', file])
  const end = await run({
    command: 'docker',
    args: ['compose', '-p', project.name, ...files, 'build'],
    cwd: project.directory,
    env: { BUILDX_BUILDER: 'default' }, // a builder of the user's own does not see the engine's images
  })
  if (!end.ok) throw new ZonefallError('BUILD_FAILED', `The ${side} does not build:\n${indented(end.why)}\n`)
}

export function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}
