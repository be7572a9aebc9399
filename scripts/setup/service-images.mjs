import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BASE_IMAGE } from './base-image.mjs'
import { mustRun } from './command.mjs'
import { buildImage, inspectImages } from './docker-images.mjs'
import { ROOT } from './paths.mjs'
import { say } from './says.mjs'

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
  const entries = SERVICES.map(({ name }) => `${name}/${name}=${name}/main.ts`)
  await mustRun(
    join(ROOT, 'node_modules', '.bin', 'esbuild'),
    [
      ...entries,
      '--bundle',
      '--platform=node',
      '--target=node24',
      '--format=esm',
      '--outdir=dist',
      '--out-extension:.js=.mjs',
      `--banner:js=${BANNER}`,
      '--log-level=warning',
    ],
    { cwd: ROOT, whatToDo: 'The services do not bundle: npm run check tells more.' },
  )
}

function contentHash(service, baseImageId) {
  const files = [`dist/${service.name}/${service.name}.mjs`, `${service.name}/Dockerfile`, ...service.files]
  const hash = createHash('sha256').update(baseImageId)
  for (const file of files) hash.update(`\n${file}\n`).update(readFileSync(join(ROOT, file)))
  return hash.digest('hex').slice(0, 32)
}
