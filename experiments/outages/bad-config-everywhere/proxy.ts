import { setTimeout as pause } from 'node:timers/promises'
import { ask, say, serve, setting } from '../shared/service.ts'
import { Detector, type FeatureFile } from './detector.ts'

/** A proxy that scores each request. It asks for the newest file of features five times a second. */
const ROUND_MS = 200
/** How long the zone before must have been well with a new file. */
const SOAK_MS = 1500

const isCareful = setting('REMEDY') === 'last-known-good'
const follows = setting('FOLLOWS')
const refused = new Set<string>()
let detector: Detector | undefined
let adoptedMs = 0

serve(url => {
  if (url.pathname === '/readyz')
    return { status: detector ? 200 : 503, text: detector ? 'ready' : 'no features yet' }
  if (url.pathname === '/features') return { status: 200, text: JSON.stringify(standing()) }
  if (!detector) return { status: 503, text: 'no features yet' }
  return { status: 200, text: `score ${detector.score(url.pathname)}` }
})

for (;;) {
  const answer = await ask('http://generator:8080/', ROUND_MS).catch(() => undefined)
  if (answer?.status === 200) {
    const file = JSON.parse(answer.text) as FeatureFile
    if (file.version !== detector?.version && (await mayAdopt(file))) adopt(file)
  }
  await pause(ROUND_MS)
}

/** Without the remedy nobody expects a file that is too large, and its error ends the process. */
function adopt(file: FeatureFile): void {
  try {
    detector = new Detector(file)
    adoptedMs = performance.now()
    say('features', { version: file.version, count: file.features.length })
  } catch (error) {
    if (!isCareful) throw error
    refused.add(file.version)
    say('refused', { version: file.version, why: String(error) })
  }
}

function standing() {
  return { version: detector?.version ?? '', forMs: performance.now() - adoptedMs }
}

/** Zone after zone; a proxy that has no file at all takes what there is. */
async function mayAdopt({ version }: FeatureFile): Promise<boolean> {
  if (!isCareful || !detector) return true
  if (refused.has(version)) return false
  if (follows === '') return true
  const before = await ask(`http://${follows}:8080/features`, ROUND_MS).catch(() => undefined)
  if (!before) return false
  const theirs = JSON.parse(before.text) as ReturnType<typeof standing>
  return theirs.version === version && theirs.forMs >= SOAK_MS
}
