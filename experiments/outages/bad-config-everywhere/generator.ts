import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { ask, say, serve } from '../shared/service.ts'

/** Makes the file of features anew, from whichever node of the database answers first in its list. */
const ROUND_MS = 300

let file = ''

serve(() => ({ status: file === '' ? 503 : 200, text: file }))

for (;;) {
  const features = await newestFeatures()
  if (features) {
    const version = createHash('sha256').update(features).digest('hex').slice(0, 8)
    const made = JSON.stringify({ version, features: JSON.parse(features) })
    if (made !== file) say('file', { version, bytes: made.length })
    file = made
  }
  await pause(ROUND_MS)
}

async function newestFeatures(): Promise<string | undefined> {
  for (const node of ['database-a', 'database-b']) {
    const answer = await ask(`http://${node}:8080/`, ROUND_MS).catch(() => undefined)
    if (answer?.status === 200) return answer.text
  }
  return undefined
}
