import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'

export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

export interface RemoteKeysOptions {
  readonly url: string
  /** Monotonic milliseconds. */
  readonly nowMs: () => number
}

const FETCH_TIMEOUT_MS = 1_000
/** A key that is not there is asked for again at most so often, whatever tokens come. */
const COOLDOWN_MS = 30_000
const FRESH_MS = 10 * 60_000
/** Known keys outlast their server by so much: its outage is not to be everybody's. */
const STALE_MS = 60 * 60_000
/** After a fetch that failed, none is tried for so long: each would hold its request up by the timeout. */
const RETRY_MS = 2_000

/** The keys at a URL, fetched when first needed, and kept. */
export function remoteKeys({ url, nowMs }: RemoteKeysOptions): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: FRESH_MS,
  })
  let freshAtMs = nowMs()
  let failed: { readonly untilMs: number; readonly error: unknown } | undefined

  return async (header, token) => {
    if (failed && nowMs() < failed.untilMs && !remote.fresh) return fromKept(failed.error)
    try {
      const key = await remote(header, token)
      if (remote.fresh) freshAtMs = nowMs()
      failed = undefined
      return key
    } catch (error) {
      if (isAboutTheToken(error)) throw error
      failed = { untilMs: nowMs() + RETRY_MS, error }
      return await fromKept(error)
    }

    function fromKept(cause: unknown) {
      const kept = remote.jwks()
      if (kept && nowMs() - freshAtMs < STALE_MS) return createLocalJWKSet(kept)(header, token)
      throw new KeysUnavailable('the keys to check tokens with cannot be had', { cause })
    }
  }
}

/** Not about the fetch: the keys are there, and none of them is this token's. */
function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  )
}
