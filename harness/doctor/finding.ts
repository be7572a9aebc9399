/** What a check found: `fine`; `limited`, something will not work and what is used instead; `broken`, what to do. */
export type Finding =
  | { readonly status: 'fine'; readonly detail: string; readonly advice: null }
  | { readonly status: 'limited'; readonly detail: string; readonly advice: string }
  | { readonly status: 'broken'; readonly detail: string; readonly advice: string | null }

export type FindingStatus = Finding['status']

export function fine(detail: string): Finding {
  return { status: 'fine', detail, advice: null }
}

/** `advice`: what is used instead, or what would mend it. */
export function limited(detail: string, advice: string): Finding {
  return { status: 'limited', detail, advice }
}

export function broken(detail: string, advice: string): Finding {
  return { status: 'broken', detail, advice }
}

/** Not known is not fine. It has no advice of its own: what stood in the way has. */
export function notLookedAt(reason: string): Finding {
  return { status: 'broken', detail: `Not looked at: ${reason}`, advice: null }
}
