import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TrialHistory } from '../analysis/frame.ts'
import { historyOf } from '../analysis/testing/history-builder.ts'
import { writeRun } from '../replay/testing/write-run.ts'
import { folderOf, setAsideCutShort, triedPart, triedParts } from './tried-part.ts'

const outage = (toMs: number) => ({ outages: [{ fromMs: 0, toMs, manner: 'refused' as const }] })
const SLOS = { slos: ['lost_ms max < 300'] }
const PASSED = historyOf({ ...outage(100), ...SLOS })
const FAILED = historyOf({ ...outage(900), ...SLOS })
const INVALID = historyOf({ ...outage(100), ...SLOS, keeps: event => event.type !== 'fault-verified' })
const CUT_SHORT = historyOf({
  ...outage(100),
  ...SLOS,
  keeps: event => event.type !== 'phase' || event.phase !== 'done',
})

/** A search's folder in which one part has these trials. */
async function search(part: number[], trials: readonly TrialHistory[]) {
  const folder = await writeRun([])
  await mkdir(join(folder, folderOf(part)))
  await cp(await writeRun(trials), join(folder, folderOf(part)), { recursive: true })
  return { folder, packageRoot: '/' }
}

async function outcome(trials: readonly TrialHistory[], wanted: number) {
  const { outcome, valid, failed } = await triedPart([0, 2], wanted, await search([0, 2], trials))
  return { outcome, valid, failed }
}

test('it passes when as many valid trials as are wanted did, and fails with the first that failed', async () => {
  expect(await outcome([PASSED], 1)).toEqual({ outcome: 'passes', valid: 1, failed: 0 })
  expect(await outcome([PASSED], 2)).toEqual({ outcome: undefined, valid: 1, failed: 0 })
  expect(await outcome([PASSED, PASSED], 2)).toEqual({ outcome: 'passes', valid: 2, failed: 0 })
  expect(await outcome([PASSED, FAILED], 3)).toEqual({ outcome: 'fails', valid: 2, failed: 1 })
})

test('an invalid trial counts as neither: it is repeated, up to a cap, and then nobody can tell', async () => {
  expect(await outcome([INVALID], 1)).toEqual({ outcome: undefined, valid: 0, failed: 0 })
  expect(await outcome([INVALID, PASSED], 1)).toEqual({ outcome: 'passes', valid: 1, failed: 0 })
  expect(await outcome([INVALID, FAILED], 1)).toEqual({ outcome: 'fails', valid: 1, failed: 1 })
  expect(await outcome(Array(4).fill(INVALID), 1)).toEqual({ outcome: 'undecided', valid: 0, failed: 0 })
})

test('what was not tried, or was cut short, is not known; what was cut short is set aside', async () => {
  const around = await search([1], [PASSED, CUT_SHORT])
  expect(await triedParts(around.folder, 1, around.packageRoot)).toMatchObject([
    { part: [1], outcome: undefined, trials: 0 },
  ])
  await setAsideCutShort(around.folder)
  expect(await triedParts(around.folder, 1, around.packageRoot)).toMatchObject([
    { part: [1], outcome: 'passes', trials: 1 },
  ])
  expect(await triedPart([7], 1, around)).toMatchObject({ outcome: undefined, trials: 0 })
})
