import { setTimeout as pause } from 'node:timers/promises'
import { ask } from '../shared/service.ts'

/** Puts the newest plan in force, over and over. */
const ROUND_MS = 200
const LIMIT_MS = 500

for (;;) {
  const newest = await ask('http://names:8080/newest', LIMIT_MS).catch(() => undefined)
  if (newest?.status === 200)
    await ask(`http://names:8080/enact?plan=${newest.text}`, LIMIT_MS).catch(() => undefined)
  await pause(ROUND_MS)
}
