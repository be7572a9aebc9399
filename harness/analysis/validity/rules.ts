import { cleanBaseline, enoughProbes } from './baseline.ts'
import { faultReadBack, targetHadTraffic, targetWentQuiet } from './effect.ts'
import { narrowBracket, nothingUnsent, steadyClock } from './measuring.ts'
import type { ValidityRule } from './rule.ts'

/** Every rule of validity there is; a trial is valid when all hold. */
export const VALIDITY_RULES: readonly ValidityRule[] = [
  enoughProbes,
  cleanBaseline,
  nothingUnsent,
  narrowBracket,
  steadyClock,
  faultReadBack,
  targetHadTraffic,
  targetWentQuiet,
]
