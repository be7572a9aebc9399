import { calibrateBriefly } from '../calibration/calibrate.ts'
import type { Calibration } from '../calibration/judge-calibration.ts'

const MOST_ATTEMPTS = 3

/**
 * Whether this machine measures well just now. An attempt on a machine too busy to measure is repeated, as an
 * invalid trial is; one in which a measurement that would count is wrong is not.
 */
export async function calibrateFirst(
  seed: number,
  remark: (text: string) => void,
  signal: AbortSignal,
): Promise<Calibration> {
  for (let attempt = 1; ; attempt += 1) {
    const calibration = await calibrateBriefly(seed, signal)
    if (calibration.status === 'pass' || isWrong(calibration) || attempt === MOST_ATTEMPTS) return calibration
    remark(`Once more, since this machine was too busy to measure: ${calibration.reasons.at(-1)}`)
  }
}

function isWrong({ outages }: Calibration): boolean {
  return outages.some(({ bracket, invalid }) => bracket !== 'holds-the-truth' && invalid.length === 0)
}
