import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { FirstOf } from '../shared/first-of.ts'
import { say, serve } from '../shared/service.ts'

/** Makes the file of features anew, from the first node of the database, or from the second when that is gone. */
const ROUND_MS = 300
const LIMIT_MS = 400

const databases = new FirstOf('database-a', 'database-b', LIMIT_MS)
let file = ''

serve(() => ({ status: file === '' ? 503 : 200, text: file }))

for (;;) {
  const answer = await databases.ask()
  if (answer?.status === 200) {
    const features = answer.text
    const version = createHash('sha256').update(features).digest('hex').slice(0, 8)
    const made = JSON.stringify({ version, features: JSON.parse(features) })
    if (made !== file) say('file', { version, bytes: made.length })
    file = made
  }
  await pause(ROUND_MS)
}
