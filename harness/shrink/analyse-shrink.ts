import { realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFailure } from '../history/write-failure.ts'
import { strikesOf, type TrialPlan } from '../plan/trial-plan.ts'
import { experimentOf, experimentText } from '../replay/experiment-of.ts'
import { analyseRun, nameWithin } from '../results/analyse-run.ts'
import { elementsOf, planOfPart } from './elements.ts'
import { judgeShrink, type ShrinkVerdict } from './judge-shrink.ts'
import { readShrinkRecord, type ShrinkRecord } from './shrink-record.ts'
import { folderOf, triedParts } from './tried-part.ts'

export const SHRUNK_NAME = 'shrunk.yaml'

/**
 * Makes `verdict.json` of a search, the report of each of its parts, and the experiment of the smallest that fails,
 * from what is stored: the same bytes each time.
 */
export async function analyseShrink(folder: string, packageRoot: string): Promise<ShrinkVerdict> {
  const record = await readShrinkRecord(folder)
  const elements = elementsOf(record.plan)
  const tried = await triedParts(folder, record.trials, packageRoot)
  for (const { part, trials } of tried)
    if (trials > 0) await analyseRun(join(folder, folderOf(part)), packageRoot)
  const results = nameWithin(packageRoot, await realpath(folder))
  const verdict = judgeShrink({ ...record, elements, tried, results })
  await write(join(folder, 'verdict.json'), `${JSON.stringify(verdict, null, 2)}\n`)
  if (verdict.smallest) {
    const part = verdict.smallest.map(name => elements.findIndex(element => element.name === name))
    const plan = planOfPart(record.plan, elements, part)
    const experiment = experimentOf(plan, {
      name: `${plan.experiment}-shrunk`,
      title: `The smallest part of ${plan.experiment} that was seen to fail`,
      shows: `what of ${elements.length} faults it takes`,
      expected: 'that it fails',
      ...(isPastTarget(record.plan) ? { requests: 'past-target' } : {}),
    })
    await write(join(folder, SHRUNK_NAME), experimentText(experiment, headOf(verdict, record)))
  }
  return verdict
}

/** As a plan tells it of an experiment whose requests do not go through what is struck. */
function isPastTarget(plan: TrialPlan): boolean {
  return strikesOf(plan).every(({ fault }) => fault.effect === 'none-in-traffic')
}

/** What an experiment cannot say is said here: to run it otherwise would be another one. */
export function headOf(
  { of, proves, reasons }: ShrinkVerdict,
  { file, environment = {}, without }: Pick<ShrinkRecord, 'file' | 'environment' | 'without'>,
): string[] {
  const variables = Object.entries(environment).map(([name, value]) => ` ${name}=${value}`)
  return [
    `Shrunk by \`zonefall shrink\` from ${of}. ${proves}`,
    `On the system of ${file} (-f)${variables.length > 0 ? ` with${variables.join()}` : ''}${without.length > 0 ? `, run without ${without.join(' and ')} (\`keepOnly\`)` : ''}.`,
    ...reasons,
  ]
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
}
