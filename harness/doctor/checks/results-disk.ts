import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { MIB, shownBytes } from '../bytes.ts'
import type { Check } from '../check.ts'
import { broken, type Finding, fine, limited } from '../finding.ts'

/** A trial at the default rates leaves a few MiB; ten million samples 160. */
const ENOUGH = 512 * MIB
const LEAST = 32 * MIB

export const resultsDisk: Check = {
  name: 'results disk',
  pace: 'together',
  run: async ({ resultsFolder }) => {
    const { folder, stats } = await statfsOfNearest(resultsFolder)
    return judgeResultsDisk(folder, stats.bavail * stats.bsize)
  },
}

export function judgeResultsDisk(folder: string, freeBytes: number): Finding {
  const what = `${shownBytes(freeBytes)} free at ${folder}`
  if (freeBytes >= ENOUGH) return fine(what)
  const advice = 'Make room, or choose another place with --out.'
  return freeBytes >= LEAST ? limited(`${what}: long runs may fill it`, advice) : broken(what, advice)
}

/** A folder that is not there yet will be made where its parent is. */
async function statfsOfNearest(folder: string) {
  for (let place = folder; ; place = dirname(place)) {
    try {
      return { folder: place, stats: await statfs(place) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || place === dirname(place)) throw error
    }
  }
}
