import { OUTCOMES, STREAMS } from '../history/sample.ts'

/** The columns that a chart needs of a trial's samples; `SampleColumns` has them. */
export interface ChartColumns {
  readonly length: number
  readonly dueUs: Uint32Array
  readonly endedUs: Uint32Array
  readonly outcome: Uint8Array
  readonly stream: Uint8Array
  readonly instance: Uint16Array
}

/** Ready for uPlot: each an array over the same x. Times in seconds since the fault. */
export interface ChartSeries {
  readonly points: {
    readonly xs: number[]
    readonly goodMs: (number | null)[]
    readonly badMs: (number | null)[]
  }
  readonly bins: {
    readonly xs: number[]
    readonly badShare: (number | null)[]
    readonly ratePerInstance: Record<string, number[]>
  }
}

export const BIN_MS = 100
/** More points than a screen has columns only make the file bigger: beyond this, good ones are thinned; bad ones never. */
const MOST_GOOD_POINTS = 6000

/** @param nameOf the instance that an index of the samples means, or `null` for "not told". */
export function chartSeries(
  samples: ChartColumns,
  faultUs: number,
  nameOf: (index: number) => string | null,
): ChartSeries {
  const probes = probeOrder(samples)
  const ok = OUTCOMES.indexOf('ok')
  const unsent = OUTCOMES.indexOf('unsent')
  const good = probes.filter(index => samples.outcome[index] === ok)
  const keepEvery = Math.max(1, Math.ceil(good.length / MOST_GOOD_POINTS))
  const points: ChartSeries['points'] = { xs: [], goodMs: [], badMs: [] }
  const bins = new Map<number, { good: number; bad: number; instances: Map<string, number> }>()
  let seenGood = 0
  for (const index of probes) {
    const outcome = samples.outcome[index]
    if (outcome === unsent) continue
    const dueUs = samples.dueUs[index] ?? 0
    const isGood = outcome === ok
    if (!isGood || seenGood++ % keepEvery === 0) {
      const ms = round(((samples.endedUs[index] ?? 0) - dueUs) / 1000, 2)
      points.xs.push(round((dueUs - faultUs) / 1e6, 4))
      points.goodMs.push(isGood ? ms : null)
      points.badMs.push(isGood ? null : ms)
    }
    const key = Math.floor((dueUs - faultUs) / 1000 / BIN_MS)
    const bin = bins.get(key) ?? { good: 0, bad: 0, instances: new Map<string, number>() }
    bins.set(key, bin)
    if (isGood) bin.good += 1
    else bin.bad += 1
    const name = nameOf(samples.instance[index] ?? 0)
    if (isGood && name) bin.instances.set(name, (bin.instances.get(name) ?? 0) + 1)
  }
  return { points, bins: stackedBins(bins) }
}

/** Indices of the probes by due time. */
function probeOrder(samples: ChartColumns): number[] {
  const probe = STREAMS.indexOf('probe')
  const indices: number[] = []
  for (let index = 0; index < samples.length; index += 1)
    if (samples.stream[index] === probe) indices.push(index)
  return indices.sort((a, b) => (samples.dueUs[a] ?? 0) - (samples.dueUs[b] ?? 0))
}

function stackedBins(
  bins: ReadonlyMap<number, { good: number; bad: number; instances: ReadonlyMap<string, number> }>,
): ChartSeries['bins'] {
  const keys = [...bins.keys()].sort((a, b) => a - b)
  const names = [...new Set([...bins.values()].flatMap(bin => [...bin.instances.keys()]))].sort()
  const ratePerInstance: Record<string, number[]> = {}
  for (const name of names) {
    ratePerInstance[name] = keys.map(key => ((bins.get(key)?.instances.get(name) ?? 0) * 1000) / BIN_MS)
  }
  return {
    xs: keys.map(key => round((key * BIN_MS) / 1000, 1)),
    badShare: keys.map(key => {
      const { good = 0, bad = 0 } = bins.get(key) ?? {}
      return good + bad === 0 ? null : round((100 * bad) / (good + bad), 1)
    }),
    ratePerInstance,
  }
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
