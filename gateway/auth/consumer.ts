/** Who makes a request, as far as it is known. */
export type Consumer =
  | { readonly kind: 'anonymous'; readonly address: string }
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'token'; readonly provider: string; readonly subject: string }

export type Authenticated =
  | { readonly ok: Consumer }
  /** No credentials, or wrong ones. `challenge`: what would be accepted, for WWW-Authenticate. */
  | { readonly refuse: 'unauthenticated'; readonly detail: string; readonly challenge: string }
  /** Nobody's fault but ours: the keys to check a token with cannot be had. */
  | { readonly refuse: 'keys-unavailable'; readonly detail: string }

/** Counts and logs go by it. */
export function keyOf(consumer: Consumer): string {
  switch (consumer.kind) {
    case 'anonymous':
      return `address:${consumer.address}`
    case 'key':
      return `key:${consumer.name}`
    case 'token':
      return `token:${consumer.provider}:${consumer.subject}`
  }
}

/** Of few values, whoever calls: subjects of tokens and addresses are without number. */
export function metricsLabelOf(consumer: Consumer): string {
  switch (consumer.kind) {
    case 'anonymous':
      return 'anonymous'
    case 'key':
      return consumer.name
    case 'token':
      return `token:${consumer.provider}`
  }
}

/** What the app is told, in `x-consumer`. */
export function nameOf(consumer: Consumer): string | undefined {
  switch (consumer.kind) {
    case 'anonymous':
      return undefined
    case 'key':
      return consumer.name
    case 'token':
      return consumer.subject
  }
}
