import { calibrateBriefly } from '../calibration/calibrate.ts'
import type { Calibration } from '../calibration/judge-calibration.ts'
import type { ProbeSettings } from '../experiment/experiment.ts'

const MOST_ATTEMPTS = 3

/**
 * Whether this machine measures well just now. An attempt on a machine too busy to measure is repeated, as an
 * invalid trial is; one in which a measurement that would count is wrong is not.
 */
export async function calibrateFirst(
  probes: ProbeSettings,
  seed: number,
  remark: (text: string) => void,
  signal: AbortSignal,
): Promise<Calibration> {
  for (let attempt = 1; ; attempt += 1) {
    const calibration = await calibrateBriefly(probes, seed, signal)
    if (calibration.status !== 'invalid' || attempt === MOST_ATTEMPTS) return calibration
    remark(`Once more, since this machine was too busy to measure: ${calibration.reasons.at(-1)}`)
  }
}
