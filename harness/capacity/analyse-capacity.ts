import { existsSync } from 'node:fs'
import { realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readSamples } from '../history/sample-file.ts'
import { emptyColumns } from '../history/sample-row.ts'
import { writeFailure } from '../history/write-failure.ts'
import { renderCapacityPage } from '../report/capacity-page.ts'
import { nameWithin } from '../results/analyse-run.ts'
import { type CapacityRecord, type Condition, readCapacityRecord } from './capacity-record.ts'
import { type Ceiling, ceilingOf, generatorCeiling } from './ceiling.ts'
import { type CapacityVerdict, judgeCapacity } from './judge-capacity.ts'
import { type ConditionResult, judgeCondition } from './judge-condition.ts'
import { readSearch } from './search-log.ts'

export const GENERATOR_FOLDER = 'generator'

/** Makes `verdict.json` and `report.html` of a search from what is stored: the same bytes each time. Errors: RESULTS_UNREADABLE. */
export async function analyseCapacity(folder: string, packageRoot: string): Promise<CapacityVerdict> {
  const record = await readCapacityRecord(folder)
  const generator = await generatorResult(folder, record)
  const results = new Map<Condition['folder'], ConditionResult>()
  const ceiling = ceilingOf(generator ?? { carried: null }, record.maxRate)
  for (const condition of record.conditions) {
    const result = await conditionResult(join(folder, condition.folder), record, ceiling)
    if (result) results.set(condition.folder, result)
  }
  const name = nameWithin(packageRoot, await realpath(folder))
  const verdict = judgeCapacity({ record, generator, results, folder: name })
  await write(join(folder, 'verdict.json'), `${JSON.stringify(verdict, null, 2)}\n`)
  await write(join(folder, 'report.html'), renderCapacityPage(verdict))
  return verdict
}

export function generatorResult(folder: string, record: CapacityRecord): Promise<ConditionResult | null> {
  return conditionResult(join(folder, GENERATOR_FOLDER), record, generatorCeiling(record.maxRate))
}

/** `null` for one that was not begun. */
export async function conditionResult(
  path: string,
  { limits }: Pick<CapacityRecord, 'limits'>,
  ceiling: Ceiling,
): Promise<ConditionResult | null> {
  const events = await readSearch(path)
  if (events.length === 0) return null
  const samples = join(path, 'samples.bin')
  const rows = existsSync(samples) ? await readSamples(samples) : emptyColumns(0)
  return judgeCondition({ events, rows, limits, ceiling })
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
}
