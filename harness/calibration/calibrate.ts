import { pause } from '../clock/pause.ts'
import { defaultProbes, type LoadSettings, type ProbeSettings } from '../experiment/experiment.ts'
import type { HistoryEvent } from '../history/event.ts'
import { decodeRows, emptyColumns, ROW_BYTES, type SampleColumns } from '../history/sample-row.ts'
import { startTrafficProcess, type TrafficMessage } from '../traffic/traffic-process.ts'
import { type Calibration, judgeCalibration } from './judge-calibration.ts'
import { type CalibratedOutage, judgeOutage } from './judge-outage.ts'
import type { PlannedOutage, TrueOutage } from './outage.ts'
import { startOutageServer } from './outage-server.ts'
import { planBriefOutages } from './plan-outages.ts'

export interface CalibrationRequest {
  readonly outages: readonly PlannedOutage[]
  readonly probes: ProbeSettings
  /** Traffic on something else meanwhile, to see whether the measurement stands it. */
  readonly beside?: { readonly url: URL; readonly load: LoadSettings } | undefined
  /** Told as soon as an outage is over. */
  readonly onOver: (done: number, outage: TrueOutage) => void
  readonly signal: AbortSignal
}

/** Good probes before the first outage, between two, and after the last: a baseline for each, of enough probes. */
const SHORTEST_QUIET_MS = 700
const QUIET_PERIODS = 70
const IN_FLIGHT_MS = 100
const MARGIN_MS = 30_000

/**
 * Lets a server on loopback be truly down for known times, measures each with the prober and the analysis that
 * trials have, and holds the one against the other. Errors: CALIBRATION_FAILED, TRAFFIC_FAILED.
 */
export async function calibrate(request: CalibrationRequest): Promise<Calibration> {
  const { outages, probes, beside, signal } = request
  const originNs = process.hrtime.bigint()
  const quietMs = quietMsAt(probes.ratePerSecond)
  const settings = {
    originNs,
    instanceHeader: 'x-zonefall-path',
    mostMs: calibrationMs(outages, probes.ratePerSecond) + MARGIN_MS,
    probes,
  }
  const noLoad = { ratePerSecond: 0, connections: 1 }
  const rows: Buffer[] = []
  const health: HistoryEvent[] = []
  const onMessage = (message: TrafficMessage) => {
    if (message.type === 'rows') rows.push(Buffer.from(message.rows))
    if (message.type === 'health') health.push({ ...message, type: 'prober-health' })
  }

  await using server = await startOutageServer()
  await using stack = new AsyncDisposableStack()
  const prober = await startTrafficProcess(
    'prober',
    { ...settings, url: server.url, load: noLoad },
    onMessage,
  )
  stack.defer(() => prober.stop())
  if (beside) {
    const load = await startTrafficProcess(
      'load',
      { ...settings, probes: defaultProbes, url: beside.url.href, load: beside.load },
      () => undefined,
    )
    stack.defer(() => load.stop())
  }

  const suffered: TrueOutage[] = []
  await Promise.race([sufferAll(), prober.failed])
  await stack.disposeAsync() // the last rows come with the end
  const samples = decodeAll(rows)
  const judged = suffered.map((outage, index): CalibratedOutage => {
    const slice = sliceOf(suffered, index, { originNs, quietMs })
    return judgeOutage({ outage, originNs, slice, probes, samples, health })
  })
  return judgeCalibration(judged, probes.ratePerSecond)

  async function sufferAll(): Promise<void> {
    await pause(quietMs, signal)
    for (const outage of outages) {
      const truth = await server.suffer(outage)
      suffered.push(truth)
      request.onOver(suffered.length, truth)
      await pause(quietMs, signal)
    }
  }
}

/** How long so many outages take. */
export function calibrationMs(outages: readonly PlannedOutage[], ratePerSecond: number): number {
  const quietMs = quietMsAt(ratePerSecond)
  return outages.reduce((sum, { lengthMs }) => sum + lengthMs + quietMs, quietMs)
}

function quietMsAt(ratePerSecond: number): number {
  return Math.max(SHORTEST_QUIET_MS, (QUIET_PERIODS * 1000) / ratePerSecond)
}

/**
 * What a gate asks before it trusts its numbers, at the rate and with the deadline that its probes will have;
 * takes about 8 s. Errors: those of `calibrate`.
 */
export function calibrateBriefly(
  { ratePerSecond, deadlineMs }: Pick<ProbeSettings, 'ratePerSecond' | 'deadlineMs'>,
  seed: number,
  signal: AbortSignal,
): Promise<Calibration> {
  const probes = { ...defaultProbes, ratePerSecond, deadlineMs }
  return calibrate({
    outages: planBriefOutages(seed, 1000 / ratePerSecond),
    probes,
    onOver: () => undefined,
    signal,
  })
}

/** From the end of the outage before to just before the one after: what was sent then may still have met that. */
function sliceOf(
  outages: readonly TrueOutage[],
  index: number,
  { originNs, quietMs }: { readonly originNs: bigint; readonly quietMs: number },
) {
  const us = (ns: bigint) => Number(ns - originNs) / 1000
  const [before, outage, after] = [outages[index - 1], outages[index], outages[index + 1]]
  if (!outage) throw new RangeError(`no outage ${index}`)
  return {
    fromUs: before ? us(before.ended.toNs) : us(outage.began.fromNs) - quietMs * 1000,
    toUs: after ? us(after.began.fromNs) - IN_FLIGHT_MS * 1000 : us(outage.ended.toNs) + quietMs * 1000,
  }
}

function decodeAll(rows: readonly Buffer[]): SampleColumns {
  const all = Buffer.concat(rows)
  const count = all.length / ROW_BYTES
  const columns = emptyColumns(count)
  decodeRows(all, count, columns, 0)
  return columns
}
