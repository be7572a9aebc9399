import type { IncomingMessage } from 'node:http'
import { authenticate } from '../auth/authenticate.ts'
import { keyOf } from '../auth/consumer.ts'
import type { Route } from '../routing/route-table.ts'
import type { GatewayContext } from './gateway-context.ts'
import type { GatewayErrorCode } from './own-answer.ts'
import type { RequestScope } from './request-scope.ts'

export interface Refusal {
  readonly refuse: GatewayErrorCode
  readonly detail: string
  readonly headers?: readonly [string, string][]
}

/** The route of a request, and what can be said against it by the head alone. */
export function routeOf(
  context: GatewayContext,
  scope: RequestScope,
  req: IncomingMessage,
  path: string,
): Refusal | { readonly route: Route } {
  if (scope.askedDeadline === 'malformed') {
    return { refuse: 'bad-request', detail: 'x-request-deadline-ms is not a whole number of milliseconds' }
  }
  const matched = context.routes.match(req.method ?? 'GET', path)
  switch (matched.kind) {
    case 'no-route':
      return { refuse: 'no-route', detail: 'nothing is served at this path' }
    case 'ambiguous':
      return { refuse: 'bad-request', detail: 'the path can be read in two ways that lead to two routes' }
    case 'method-not-allowed':
      return {
        refuse: 'method-not-allowed',
        detail: `${req.method} is not served at this path`,
        headers: [['allow', matched.allowed.join(', ')]],
      }
    case 'route': {
      const { route } = matched
      if (Number(req.headers['content-length'] ?? 0) > route.maxBodyBytes) {
        return { refuse: 'body-too-large', detail: `a body may have ${route.maxBodyBytes} bytes` }
      }
      return { route }
    }
  }
}

/** Whether there is anything that needs waiting for: most routes of most systems have nothing. */
export function needsAdmission({ auth, rate }: Route): boolean {
  return auth.length > 0 || rate !== undefined
}

/** Who it is, and whether they have any requests left; notes both in the scope. */
export async function admit(
  context: GatewayContext,
  scope: RequestScope,
  req: IncomingMessage,
  route: Route,
): Promise<Refusal | undefined> {
  if (route.auth.length > 0) {
    const who = await authenticate(req, route.auth, context.auth)
    if (!('ok' in who)) {
      const { refuse, detail } = who
      if (who.refuse === 'keys-unavailable') return { refuse, detail }
      return { refuse, detail, headers: [['www-authenticate', who.challenge]] }
    }
    scope.consumer = who.ok
  }
  if (!route.rate) return undefined
  const key = keyOf(scope.consumer)
  const rate = context.ownRates.get(key) ?? route.rate
  const verdict = await rate.take(key)
  scope.answerHeaders.push(...verdict.headers)
  return verdict.kind === 'within'
    ? undefined
    : { refuse: 'rate-limited', detail: 'no requests are left for now' }
}
