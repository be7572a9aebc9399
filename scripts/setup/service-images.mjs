import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { BASE_IMAGE } from './base-image.mjs'
import { bundleServices } from './bundle-services.mjs'
import { buildImage, inspectImages } from './docker-images.mjs'
import { ROOT } from './paths.mjs'
import { say } from './says.mjs'

const OUTAGES = 'experiments/outages'

/** The reference system's services, and the programs of `experiments/outages/`. `files`: all that their Dockerfiles copy. */
const IMAGES = [
  { name: 'lb', folder: 'lb', files: () => ['dist/lb/lb.mjs', 'lb/lb.yml'] },
  { name: 'gateway', folder: 'gateway', files: () => ['dist/gateway/gateway.mjs', 'gateway/routes.yml'] },
  { name: 'app', folder: 'app', files: () => ['dist/app/app.mjs'] },
  { name: 'outages', folder: OUTAGES, files: () => ['dist/lb/lb.mjs', ...filesBelow(OUTAGES)] },
]
const tagOf = ({ name }) => `zonefall/${name}:local`

/** One image each, built again only when what is in it has changed. */
export async function ensureServiceImages() {
  await bundleServices(ROOT) // cheap enough to be done each time, and then no list of sources can be out of date
  const images = await inspectImages([BASE_IMAGE, ...IMAGES.map(tagOf)])
  for (const image of IMAGES) {
    const content = contentHash(image, images.get(BASE_IMAGE).id)
    if (images.get(tagOf(image))?.labels['zonefall.content'] === content) continue
    say(`building ${tagOf(image)}`)
    await buildImage({
      tag: tagOf(image),
      dockerfile: join(ROOT, image.folder, 'Dockerfile'),
      context: ROOT,
      labels: { 'zonefall.content': content },
      args: { BASE_IMAGE },
    })
  }
}

function contentHash({ folder, files }, baseImageId) {
  const hash = createHash('sha256').update(baseImageId)
  for (const file of [`${folder}/Dockerfile`, ...files()])
    hash.update(`\n${file}\n`).update(readFileSync(join(ROOT, file)))
  return hash.digest('hex').slice(0, 32)
}

function filesBelow(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(ROOT, join(entry.parentPath ?? entry.path, entry.name)))
    .sort()
}
