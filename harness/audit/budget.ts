/** How long an audit may take, of which what it has taken so far tells how much is left. Times in ms. */
export interface Budget {
  /** `null`: as long as it takes. */
  readonly budgetMs: number | null
  readonly spentMs: number
  /** How long each trial took so far. */
  readonly trialsMs: readonly number[]
}

/** What a trial takes before one has been seen to. */
const FIRST_GUESS_MS = 12_000
/** Undoing, and the comparison of the system with how it was. */
const END_MS = 5000

/** Whether one more trial fits in, as long as the longest so far. */
export function hasRoom({ budgetMs, spentMs, trialsMs }: Budget): boolean {
  if (budgetMs === null) return true
  const nextMs = trialsMs.length === 0 ? FIRST_GUESS_MS : Math.max(...trialsMs)
  return spentMs + nextMs + END_MS <= budgetMs
}
