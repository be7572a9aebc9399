import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const STATE = join(ROOT, '.zonefall')

/** A file in `.zonefall/`, where everything that set-up remembers outside `node_modules` is kept. */
export function stateFile(name) {
  mkdirSync(STATE, { recursive: true })
  return join(STATE, name)
}
