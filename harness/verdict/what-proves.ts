/**
 * How much so many trials prove, in words. With no violation in n of them the true rate is below
 * 1 − 0.05^(1/n), at 95 %.
 */
export function whatProves({
  passed,
  failed,
  valid,
  invalid,
}: {
  readonly passed: number
  readonly failed: number
  readonly valid: number
  readonly invalid: number
}): string {
  if (valid === 0) return 'No valid trial: nothing is proved.'
  const besides =
    invalid === 0
      ? ''
      : ` (${invalid} more ${invalid === 1 ? 'was' : 'were'} invalid and ${invalid === 1 ? 'is' : 'are'} left out)`
  const trials = `${valid} valid trial${valid === 1 ? '' : 's'}${besides}`
  if (failed > 0)
    return `A violation in ${failed} of ${trials}: that it happens is proved; how often, so many trials tell only roughly.`
  if (passed < valid) return `${valid - passed} of ${trials} could not be decided: no rate is bounded.`
  const percent = 100 * (1 - 0.05 ** (1 / valid))
  const bound = percent < 1 ? percent.toFixed(1) : percent.toFixed(0)
  return `No violation in ${trials} bounds the true rate of violations below ${bound} % (at 95 % confidence).`
}
