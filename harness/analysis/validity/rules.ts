import { cleanBaseline, enoughProbes } from './baseline.ts'
import { targetHadTraffic, targetInRotation } from './before.ts'
import { narrowBracket } from './bracket.ts'
import { steadyClock } from './clock.ts'
import { effectSeen, targetWasImpaired, targetWasSlower, targetWentQuiet } from './effect.ts'
import { allStruck, faultReadBack, rollOutWentAsPlanned } from './read-back.ts'
import type { ValidityRule } from './rule.ts'
import { nothingMissing, nothingUnsent, runFinished } from './schedule.ts'
import { undisturbed } from './undisturbed.ts'

/** Every rule there is of a trial in which something was broken (else: unmeasured.ts); it is valid when all hold. */
export const VALIDITY_RULES: readonly ValidityRule[] = [
  runFinished,
  enoughProbes,
  cleanBaseline,
  nothingUnsent,
  nothingMissing,
  narrowBracket,
  steadyClock,
  faultReadBack,
  allStruck,
  rollOutWentAsPlanned,
  targetHadTraffic,
  targetInRotation,
  effectSeen,
  targetWentQuiet,
  targetWasImpaired,
  targetWasSlower,
  undisturbed,
]
