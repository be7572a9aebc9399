import { GIB, MIB, shownBytes } from '../bytes.ts'
import { toolboxCheck } from '../check.ts'
import { broken, type Finding, fine, limited } from '../finding.ts'

/** What the limits of the reference system's seven containers add up to. */
const ENOUGH = 1.75 * GIB
const LEAST = 512 * MIB

export const memory = toolboxCheck('memory', async ({ api, trials }) =>
  judgeMemory((await trials.resources()).memoryFreeBytes, api.facts.memoryBytes),
)

export function judgeMemory(freeBytes: number, totalBytes: number): Finding {
  const what = `${shownBytes(freeBytes)} of ${shownBytes(totalBytes)} free on the engine’s side`
  if (freeBytes >= ENOUGH) return fine(what)
  const advice = 'End what else runs there, or give the engine’s machine more memory.'
  if (freeBytes < LEAST) return broken(`${what}: the reference system may not start`, advice)
  return limited(`${what}: under load the kernel may kill containers that no fault was aimed at`, advice)
}
