import { randomInt } from 'node:crypto'
import { calibrationMs, calibrate as runCalibration } from '../calibration/calibrate.ts'
import { planOutages } from '../calibration/plan-outages.ts'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { defaultProbes } from '../experiment/experiment.ts'
import { renderCalibration } from '../report/calibration.ts'
import { parseEntryUrl } from '../system/entry-point.ts'
import type { CommandContext } from './context.ts'

export interface CalibrateOptions {
  readonly rounds: number
  readonly rate: number
  readonly seed?: number
  readonly besideUrl?: string
  readonly besideRate: number
  readonly json?: true
}

const CODES = { pass: EXIT.pass, fail: EXIT.fail, invalid: EXIT.undecided } as const

/** Measures outages whose truth is known, and says how far off the measurement was. */
export async function calibrate(
  { rounds, rate, seed = randomInt(2 ** 31), besideUrl, besideRate, json }: CalibrateOptions,
  { terminal, signal }: CommandContext,
): Promise<ExitCode> {
  const beside =
    besideUrl === undefined
      ? undefined
      : {
          url: parseEntryUrl(besideUrl),
          load: { ratePerSecond: besideRate, connections: Math.max(10, Math.ceil(besideRate / 20)) },
        }
  const outages = planOutages(rounds, seed)
  const seconds = calibrationMs(outages, rate) / 1000
  terminal.say(
    `${outages.length} outages of a server on loopback, ${rate} probes a second, seed ${seed}; about ${seconds.toFixed(0)} s.`,
  )
  const calibration = await runCalibration({
    outages,
    probes: { ...defaultProbes, ratePerSecond: rate },
    beside,
    onOver: done => terminal.live?.(`${done} of ${outages.length}`),
    signal,
  })
  if (json) terminal.out(JSON.stringify(calibration))
  for (const line of renderCalibration(calibration)) terminal.say(line)
  return CODES[calibration.status]
}
