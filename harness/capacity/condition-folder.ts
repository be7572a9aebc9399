import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { writeFailure } from '../history/write-failure.ts'
import { readSearch } from './search-log.ts'

/** Whether a search was carried to its end in it: one that the budget ended is made anew. */
export async function isWhole(path: string): Promise<boolean> {
  const end = (await readSearch(path)).find(event => event.type === 'end')
  return end !== undefined && end.how !== 'budget'
}

/** An empty folder there; what was begun in it before is set aside as `PATH-cut-short-N`. */
export async function beginFolder(path: string): Promise<void> {
  if (existsSync(path)) await rename(path, freePath(path))
  await mkdir(path).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
}

function freePath(path: string): string {
  for (let number = 1; ; number += 1) {
    const free = `${path}-cut-short-${number}`
    if (!existsSync(free)) return free
  }
}
