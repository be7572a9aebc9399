import { existsSync } from 'node:fs'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { trialsOf } from '../audit/analyse-audit.ts'
import { analyseTrials } from '../results/analyse-run.ts'
import { mostTrials } from '../verdict/another-trial.ts'
import type { VerdictDocument } from '../verdict/judge.ts'
import { type Outcome, type Part, partKey } from './ddmin.ts'

/** What the trials of a part say so far. */
export interface TriedPart {
  readonly part: Part
  /** `undefined`: there must be another trial. */
  readonly outcome: Outcome | undefined
  readonly why: string
  /** Of its valid trials, how many failed. */
  readonly failed: number
  readonly valid: number
  readonly trials: number
}

/** Where a part's trials are, in the search's folder; its elements are counted from 1 there, as people do. */
export function folderOf(part: Part): string {
  return `part-${partKey(part.map(index => index + 1))}`
}

function untried(part: Part): TriedPart {
  return { part, outcome: undefined, why: '', failed: 0, valid: 0, trials: 0 }
}

/**
 * One with a trial that was cut short counts as not tried. A violation is certain, and ends it. It passes when so
 * many valid trials as are wanted did; invalid ones are repeated, up to a cap and whatever the reason, and count as
 * neither.
 */
export async function triedPart(
  part: Part,
  wanted: number,
  { folder, packageRoot }: { folder: string; packageRoot: string },
): Promise<TriedPart> {
  const path = join(folder, folderOf(part))
  const there = await trialsOf(path)
  if (there.length === 0 || there.some(({ isWhole }) => !isWhole)) return untried(part)
  const { verdict, trials } = await analyseTrials(path, packageRoot)
  const count = (...statuses: string[]) =>
    verdict.trials.filter(({ status }) => statuses.includes(status)).length
  const counts = { failed: count('fail'), valid: trials.length - count('invalid'), trials: trials.length }
  if (verdict.status === 'fail') return { part, outcome: 'fails', why: whyOf(verdict), ...counts }
  // A search that is gone on with may want more trials than the verdict of those that there are.
  if (verdict.status === 'pass' && counts.valid >= wanted)
    return { part, outcome: 'passes', why: whyOf(verdict), ...counts }
  const outcome = trials.length < mostTrials(wanted) ? undefined : 'undecided'
  return { part, outcome, why: outcome || counts.valid < counts.trials ? whyOf(verdict) : '', ...counts }
}

/** All parts that have trials, whether or not they are decided. */
export async function triedParts(
  folder: string,
  wanted: number,
  packageRoot: string,
): Promise<readonly TriedPart[]> {
  const parts = await partsIn(folder)
  return Promise.all(parts.map(part => triedPart(part, wanted, { folder, packageRoot })))
}

/** Trials that were cut short are none: they are set aside before a search is gone on with. */
export async function setAsideCutShort(folder: string): Promise<void> {
  for (const part of await partsIn(folder)) {
    const path = join(folder, folderOf(part))
    for (const { name, isWhole } of await trialsOf(path))
      if (!isWhole) await rename(join(path, name), freePath(path))
  }
}

async function partsIn(folder: string): Promise<Part[]> {
  const names = (await readdir(folder)).flatMap(name => /^part-([\d+]+)$/.exec(name)?.[1] ?? [])
  return names.map(name => name.split('+').map(number => Number(number) - 1))
}

function freePath(folder: string): string {
  for (let number = 1; ; number += 1) {
    const path = join(folder, `cut-short-${number}`)
    if (!existsSync(path)) return path
  }
}

function whyOf({ reasons, status }: VerdictDocument): string {
  return reasons[0] ?? (status === 'pass' ? 'all its rules hold' : status)
}
