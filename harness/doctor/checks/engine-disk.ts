import { GIB, MIB, shownBytes } from '../bytes.ts'
import { toolboxCheck } from '../check.ts'
import { broken, type Finding, fine, limited } from '../finding.ts'

const ENOUGH = 2 * GIB
const LEAST = 256 * MIB

export const engineDisk = toolboxCheck('engine’s disk', async ({ trials }) =>
  judgeEngineDisk((await trials.resources()).diskFreeBytes),
)

export function judgeEngineDisk(freeBytes: number): Finding {
  const what = `${shownBytes(freeBytes)} free where the engine keeps images and containers`
  if (freeBytes >= ENOUGH) return fine(what)
  const advice =
    '`docker system df` shows what takes the space, `docker image prune` removes images without a name.'
  return freeBytes >= LEAST ? limited(`${what}: images and logs may fill it`, advice) : broken(what, advice)
}
