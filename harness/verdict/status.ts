export type Status = 'pass' | 'fail' | 'inconclusive' | 'invalid'

/**
 * Worst first. A failure is certain, whatever else is not; a trial that is invalid says nothing, one that is
 * inconclusive at least where the truth lies.
 */
const WORST_FIRST: readonly Status[] = ['fail', 'invalid', 'inconclusive', 'pass']

/** Nothing to merge is invalid, never a pass. */
export function worst(statuses: readonly Status[]): Status {
  return WORST_FIRST.find(status => statuses.includes(status)) ?? 'invalid'
}
