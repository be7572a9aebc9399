import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BASE_IMAGE } from './base-image.mjs'
import { buildImage, inspectImages } from './docker-images.mjs'
import { ROOT } from './paths.mjs'
import { SetupError, say } from './says.mjs'

/** The reference system's services. `files`: what its Dockerfile copies beside the bundle. */
const SERVICES = [
  { name: 'lb', files: ['lb/lb.yml'] },
  { name: 'gateway', files: [] },
  { name: 'app', files: [] },
]
const imageOf = service => `zonefall/${service.name}:local`

// Bundled CommonJS packages call `require`, which an ES module has not by itself.
const BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);"

/** One image a service, built again only when what is in it has changed. */
export async function ensureServiceImages() {
  await bundle()
  const images = await inspectImages([BASE_IMAGE, ...SERVICES.map(imageOf)])
  for (const service of SERVICES) {
    const content = contentHash(service, images.get(BASE_IMAGE).id)
    if (images.get(imageOf(service))?.labels['zonefall.content'] === content) continue
    say(`building ${imageOf(service)}`)
    await buildImage({
      tag: imageOf(service),
      dockerfile: join(ROOT, service.name, 'Dockerfile'),
      context: ROOT,
      labels: { 'zonefall.content': content },
      args: { BASE_IMAGE },
    })
  }
}

// Cheap enough to be done each time, and then no list of sources can be out of date.
async function bundle() {
  const { build } = await import('esbuild') // not before npm ci has put it there
  const entries = SERVICES.map(({ name }) => [`${name}/${name}`, `${name}/main.ts`])
  try {
    await build({
      absWorkingDir: ROOT,
      entryPoints: Object.fromEntries(entries),
      outdir: 'dist',
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      banner: { js: BANNER },
      logLevel: 'silent',
    })
  } catch (error) {
    const faults = (error.errors ?? []).map(
      ({ location, text }) => `${location?.file}:${location?.line} ${text}`,
    )
    throw new SetupError('the services do not bundle', faults.length > 0 ? faults : error.message, error)
  }
}

function contentHash(service, baseImageId) {
  const files = [`dist/${service.name}/${service.name}.mjs`, `${service.name}/Dockerfile`, ...service.files]
  const hash = createHash('sha256').update(baseImageId)
  for (const file of files) hash.update(`\n${file}\n`).update(readFileSync(join(ROOT, file)))
  return hash.digest('hex').slice(0, 32)
}
