import type { IncomingMessage } from 'node:http'
import type { ApiKeys } from './api-keys.ts'
import type { Authenticated } from './consumer.ts'
import type { Tokens } from './tokens.ts'

export interface AuthOptions {
  readonly keys: ApiKeys
  readonly tokens: Tokens
  readonly apiKeyHeader: string
}

/**
 * Who makes this request. A key that is there decides alone: a wrong one is refused even if a token would do,
 * since whoever sends one means to be known by it.
 *
 * @param ways what the route lets in by: `api-key`, names of token providers
 */
export async function authenticate(
  req: IncomingMessage,
  ways: readonly string[],
  { keys, tokens, apiKeyHeader }: AuthOptions,
): Promise<Authenticated> {
  const providers = ways.filter(way => way !== 'api-key')
  const takesKey = providers.length < ways.length
  const key = req.headers[apiKeyHeader]
  if (takesKey && typeof key === 'string') {
    const owner = keys.ownerOf(key)
    return owner === undefined
      ? refused('the API key is not known', keyChallenge(apiKeyHeader))
      : { ok: { kind: 'key', name: owner } }
  }
  const token = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(req.headers.authorization ?? '')?.[1]
  if (providers.length === 0 || token === undefined) {
    const ask = [...(takesKey ? [keyChallenge(apiKeyHeader)] : []), ...(providers.length > 0 ? [BEARER] : [])]
    return refused('credentials are needed', ask.join(', '))
  }
  const verdict = await tokens.check(token, providers)
  if ('unavailable' in verdict) return { refuse: 'keys-unavailable', detail: verdict.unavailable }
  if ('invalid' in verdict) return refused(verdict.invalid, `${BEARER}, error="invalid_token"`)
  return { ok: { kind: 'token', ...verdict } }
}

const BEARER = 'Bearer realm="gateway"'

function keyChallenge(header: string): string {
  return `ApiKey realm="gateway", header="${header}"`
}

function refused(detail: string, challenge: string): Authenticated {
  return { refuse: 'unauthenticated', detail, challenge }
}
