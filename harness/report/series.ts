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

const BIN_MS = 100
/** More points than a screen has columns only make the file bigger: beyond this, good ones are thinned; bad ones never. */
const MOST_GOOD_POINTS = 6000

/** @param nameOf the instance that an index of the samples means, or `null` for "not told". */
export function chartSeries(
  samples: ChartColumns,
  faultUs: number,
  nameOf: (index: number) => string | null,
): ChartSeries {
  const ok = OUTCOMES.indexOf('ok')
  const probes = probeOrder(samples).map(index => ({
    good: samples.outcome[index] === ok,
    sinceFaultUs: (samples.dueUs[index] ?? 0) - faultUs,
    latencyMs: ((samples.endedUs[index] ?? 0) - (samples.dueUs[index] ?? 0)) / 1000,
    name: nameOf(samples.instance[index] ?? 0),
  }))
  return { points: pointsOf(probes), bins: binsOf(probes) }
}

interface ChartProbe {
  readonly good: boolean
  readonly sinceFaultUs: number
  readonly latencyMs: number
  readonly name: string | null
}

function pointsOf(probes: readonly ChartProbe[]): ChartSeries['points'] {
  const keepEvery = Math.max(1, Math.ceil(probes.length / MOST_GOOD_POINTS))
  const kept = probes.filter(({ good }, index) => !good || index % keepEvery === 0)
  return {
    xs: kept.map(({ sinceFaultUs }) => round(sinceFaultUs / 1e6, 4)),
    goodMs: kept.map(({ good, latencyMs }) => (good ? round(latencyMs, 2) : null)),
    badMs: kept.map(({ good, latencyMs }) => (good ? null : round(latencyMs, 2))),
  }
}

interface Bin {
  good: number
  bad: number
  readonly instances: Map<string, number>
}

function binsOf(probes: readonly ChartProbe[]): ChartSeries['bins'] {
  const bins = new Map<number, Bin>()
  for (const { good, sinceFaultUs, name } of probes) {
    const key = Math.floor(sinceFaultUs / 1000 / BIN_MS)
    const bin = bins.get(key) ?? { good: 0, bad: 0, instances: new Map<string, number>() }
    bins.set(key, bin)
    if (good) bin.good += 1
    else bin.bad += 1
    if (good && name) bin.instances.set(name, (bin.instances.get(name) ?? 0) + 1)
  }
  return stackedBins(bins)
}

/** Indexes of the probes by due time. */
function probeOrder(samples: ChartColumns): number[] {
  const probe = STREAMS.indexOf('probe')
  const unsent = OUTCOMES.indexOf('unsent')
  const indexes: number[] = []
  for (let index = 0; index < samples.length; index += 1)
    if (samples.stream[index] === probe && samples.outcome[index] !== unsent) indexes.push(index)
  return indexes.sort((a, b) => (samples.dueUs[a] ?? 0) - (samples.dueUs[b] ?? 0))
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
