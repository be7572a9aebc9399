import type { FaultEntry } from './fault-entry.ts'
import type { Target } from './target.ts'

interface Issue {
  readonly path: (string | number)[]
  readonly message: string
}

interface Timed {
  readonly target?: Target | undefined
  readonly fault?: object | undefined
  readonly faults?: readonly FaultEntry[] | undefined
  readonly timing: { readonly holdMs: number }
}

/** What each key says well, and does not go together. */
export function timelineIssues({ target, fault, faults, timing }: Timed): Issue[] {
  if (fault && faults)
    return [{ path: ['faults'], message: 'cannot be beside `fault`: put that one into the list' }]
  if (!faults && !fault) return [{ path: [], message: 'needs `fault`, or a list of `faults`' }]
  if (!faults) return target ? [] : [{ path: [], message: 'needs a `target`' }]
  const issues = faults.flatMap((entry, index) => {
    const issues = entryIssues(entry, timing.holdMs)
    if (!target && !entry.target)
      issues.push({ path: [], message: 'needs a `target`, since the experiment has none for all of them' })
    return issues.map(({ path, message }) => ({ path: ['faults', index, ...path], message }))
  })
  const isUnused = target && faults.every(entry => entry.target)
  if (isUnused) issues.push({ path: ['target'], message: 'strikes nobody: each of `faults` has its own' })
  return issues
}

function entryIssues({ atMs, forMs, everyMs, times }: FaultEntry, holdMs: number): Issue[] {
  const issues: Issue[] = []
  const issue = (key: string, message: string) => issues.push({ path: [key], message })
  const hold = `the hold is over after ${holdMs} ms (timing.holdMs)`
  if (atMs >= holdMs) issue('at', `is too late: ${hold}`)
  else if (forMs !== undefined && atMs + forMs > holdMs) issue('for', `lasts too long: ${hold}`)
  if (forMs !== undefined && forMs < 100) issue('for', 'must be at least 100ms')
  if (everyMs !== undefined && forMs === undefined) issue('every', 'needs `for`: how long it lasts each time')
  if (everyMs !== undefined && forMs !== undefined && everyMs <= forMs)
    issue('every', 'must be longer than `for`: it has to be over before it comes again')
  if (times !== undefined && everyMs === undefined)
    issue('times', 'needs `every`: after how long it comes again')
  return issues
}
