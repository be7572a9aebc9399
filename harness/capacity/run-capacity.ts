import { join } from 'node:path'
import { type SystemRequest, withSystem } from '../run/with-system.ts'
import { conditionResult, GENERATOR_FOLDER, generatorResult } from './analyse-capacity.ts'
import type { CapacityRecord, Condition } from './capacity-record.ts'
import { type Ceiling, ceilingOf, generatorCeiling } from './ceiling.ts'
import { beginFolder, isWhole } from './condition-folder.ts'
import { LEAST_RATE, SETTLE_PART } from './condition-traffic.ts'
import { remainingWithout } from './model.ts'
import type { SearchSettings } from './search.ts'
import { readSearch } from './search-log.ts'
import { type Surroundings, searchGenerator, searchSystem } from './search-system.ts'

export interface CapacityRequest extends Omit<SystemRequest, 'dropped' | 'replaced' | 'afterwards'> {
  /** Opens the search's folder, when the system is up; its record says what is to be done in it. */
  readonly open: () => Promise<{ path: string; record: CapacityRecord }>
  readonly budgetMs: number
  readonly nowMs: () => number
}

const GENERATOR_FROM = 1000
const GENERATOR_RESOLUTION = 0.25
/** Starting the load, stopping it, and waiting until all is steady again. */
const BESIDE_STEP_MS = 3000
/** Undoing, and the comparison of the system with how it was. */
const END_MS = 10_000

/**
 * System up; the generator's limit; the system's with all instances, then with each zone gone; system down. Leaves
 * a history for each in the search's folder; those that have a whole one already are passed over. Errors: those of
 * `withSystem`.
 */
export async function runCapacity(request: CapacityRequest): Promise<void> {
  const { project, nowMs, observer } = request
  const endsMs = nowMs() + request.budgetMs - END_MS
  await withSystem({ ...request, dropped: [], afterwards: 'remove' }, async system => {
    const { path, record } = await request.open()
    const stepMs = record.stepMs * (1 + SETTLE_PART) + BESIDE_STEP_MS
    const hasRoom = () => nowMs() + stepMs <= endsMs
    const around: Surroundings = { ...request, record, system, project: project.name, hasRoom }
    const ceiling = await generatorLimit(path, around)
    if (ceiling.rate < LEAST_RATE) {
      observer.remark('This machine cannot even send the lowest rate: nothing can be measured here.')
      return
    }
    for (const condition of record.conditions) {
      const folder = join(path, condition.folder)
      if (await isWhole(folder)) continue
      if (!hasRoom()) break
      const all = await allOf(path, record, ceiling)
      if (condition.zone !== null && !all?.carried) {
        observer.remark('With all instances nothing was carried: there is nothing to lose.')
        break
      }
      const settings = settingsFor(condition, all?.carried ?? 0, record, ceiling)
      await beginFolder(folder)
      await searchSystem(
        { condition, path: folder, settings, everybody: await everybodyIn(path, record) },
        around,
      )
    }
  })
}

async function generatorLimit(path: string, around: Surroundings): Promise<Ceiling> {
  const { record } = around
  const folder = join(path, GENERATOR_FOLDER)
  if (!(await isWhole(folder))) {
    const ceiling = generatorCeiling(record.maxRate).rate
    await beginFolder(folder)
    await searchGenerator(
      folder,
      {
        first: [Math.min(GENERATOR_FROM, ceiling)],
        floor: LEAST_RATE,
        ceiling,
        resolution: GENERATOR_RESOLUTION,
        growth: 2,
      },
      around,
    )
  }
  return ceilingOf((await generatorResult(path, record)) ?? { carried: null }, record.maxRate)
}

function settingsFor(
  { zone }: Condition,
  all: number,
  { from, peak, resolution, tiers }: CapacityRecord,
  ceiling: Ceiling,
): SearchSettings {
  const bounds = { floor: Math.min(LEAST_RATE, ceiling.rate), ceiling: ceiling.rate, resolution }
  if (zone === null) return { ...bounds, first: peak === null ? [from] : [from, peak], growth: 2 }
  // The model's prediction is where the search begins, no more: it goes wherever the system leads it.
  const guess = Math.round(all * remainingWithout(zone, tiers))
  return { ...bounds, first: [peak ?? Math.max(from, guess)], growth: 1 + 2 * resolution }
}

async function allOf(path: string, record: CapacityRecord, ceiling: Ceiling) {
  const all = record.conditions.find(({ zone }) => zone === null)
  return all ? conditionResult(join(path, all.folder), record, ceiling) : null
}

/** Who was seen to answer while all were there. */
async function everybodyIn(path: string, { conditions }: CapacityRecord): Promise<ReadonlySet<string>> {
  const all = conditions.find(({ zone }) => zone === null)
  const events = all ? await readSearch(join(path, all.folder)) : []
  return new Set(events.flatMap(event => (event.type === 'calm' ? event.instances : [])))
}
