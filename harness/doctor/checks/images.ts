import { engineCheck } from '../check.ts'
import { broken, type Finding, fine } from '../finding.ts'

const IMAGES = [
  ...['zonefall/node:24', 'zonefall/toolbox:1'],
  ...['zonefall/lb:local', 'zonefall/gateway:local', 'zonefall/app:local'],
]

export const images = engineCheck('images', async ({ api }) => judgeImages(await api.imagesPresent(IMAGES)))

export function judgeImages(present: readonly string[]): Finding {
  const missing = IMAGES.filter(image => !present.includes(image))
  if (missing.length === 0) return fine(IMAGES.join(', '))
  return broken(`Missing: ${missing.join(', ')}.`, 'Run `npm run setup`, which builds or packs them.')
}
