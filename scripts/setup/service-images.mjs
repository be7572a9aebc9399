import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BASE_IMAGE } from './base-image.mjs'
import { bundleServices } from './bundle-services.mjs'
import { buildImage, inspectImages } from './docker-images.mjs'
import { ROOT } from './paths.mjs'
import { say } from './says.mjs'

/** The reference system's services. `files`: what its Dockerfile copies beside the bundle. */
const SERVICES = [
  { name: 'lb', files: ['lb/lb.yml'] },
  { name: 'gateway', files: ['gateway/routes.yml'] },
  { name: 'app', files: [] },
]
const imageOf = service => `zonefall/${service.name}:local`

/** One image a service, built again only when what is in it has changed. */
export async function ensureServiceImages() {
  await bundleServices(ROOT) // cheap enough to be done each time, and then no list of sources can be out of date
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

function contentHash(service, baseImageId) {
  const files = [`dist/${service.name}/${service.name}.mjs`, `${service.name}/Dockerfile`, ...service.files]
  const hash = createHash('sha256').update(baseImageId)
  for (const file of files) hash.update(`\n${file}\n`).update(readFileSync(join(ROOT, file)))
  return hash.digest('hex').slice(0, 32)
}
