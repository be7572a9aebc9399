import { latencyUs, type Probes } from '../analysis/probes.ts'

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

const BIN_MS = 100
/** More points than a screen has columns only make the file bigger: beyond this, good ones are thinned; bad ones never. */
const MOST_GOOD_POINTS = 6000

/** @param nameOf the instance that an index of the samples means, or `null` for "not told". */
export function chartSeries(
  probes: Probes,
  faultUs: number,
  nameOf: (index: number) => string | null,
): ChartSeries {
  return { points: pointsOf(probes, faultUs), bins: binsOf(probes, faultUs, nameOf) }
}

function pointsOf(probes: Probes, faultUs: number): ChartSeries['points'] {
  const keepEvery = Math.max(1, Math.ceil(probes.length / MOST_GOOD_POINTS))
  const points: ChartSeries['points'] = { xs: [], goodMs: [], badMs: [] }
  for (let index = 0; index < probes.length; index += 1) {
    const isGood = probes.good[index] === 1
    if (isGood && index % keepEvery !== 0) continue
    const latencyMs = round(latencyUs(probes, index) / 1000, 2)
    points.xs.push(round(((probes.dueUs[index] ?? 0) - faultUs) / 1e6, 4))
    points.goodMs.push(isGood ? latencyMs : null)
    points.badMs.push(isGood ? null : latencyMs)
  }
  return points
}

interface Bin {
  good: number
  bad: number
  readonly instances: Map<string, number>
}

function binsOf(
  probes: Probes,
  faultUs: number,
  nameOf: (index: number) => string | null,
): ChartSeries['bins'] {
  const bins = new Map<number, Bin>()
  for (let index = 0; index < probes.length; index += 1) {
    const key = Math.floor(((probes.dueUs[index] ?? 0) - faultUs) / 1000 / BIN_MS)
    let bin = bins.get(key)
    if (!bin) {
      bin = { good: 0, bad: 0, instances: new Map() }
      bins.set(key, bin)
    }
    if (probes.good[index] !== 1) {
      bin.bad += 1
      continue
    }
    bin.good += 1
    const name = nameOf(probes.instance[index] ?? 0)
    if (name) bin.instances.set(name, (bin.instances.get(name) ?? 0) + 1)
  }
  return stackedBins(bins)
}

function stackedBins(bins: ReadonlyMap<number, Bin>): ChartSeries['bins'] {
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
