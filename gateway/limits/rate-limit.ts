import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Rate } from '../config/routes-schema.ts'

export interface RateVerdict {
  readonly kind: 'within' | 'exceeded'
  /** For the answer, either way: draft-ietf-httpapi-ratelimit-headers-10, and Retry-After when exceeded. */
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/**
 * So many requests a window from one consumer. Counted in this gateway's memory, so three gateways let up to
 * three times as many in; a count kept elsewhere would be one more thing whose loss stops all.
 */
export class RateLimit {
  readonly #name: string
  readonly #rate: Rate
  readonly #limiter: RateLimiterMemory

  constructor(name: string, rate: Rate) {
    this.#name = name
    this.#rate = rate
    this.#limiter = new RateLimiterMemory({ points: rate.requests, duration: rate.window / 1_000 })
  }

  async take(consumer: string): Promise<RateVerdict> {
    try {
      return this.#verdict('within', await this.#limiter.consume(consumer))
    } catch (refused) {
      // It rejects with the count, which is no Error, when there is nothing left.
      if (refused instanceof RateLimiterRes) return this.#verdict('exceeded', refused)
      throw refused
    }
  }

  #verdict(kind: RateVerdict['kind'], { remainingPoints, msBeforeNext }: RateLimiterRes): RateVerdict {
    const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000))
    const { requests, window } = this.#rate
    const headers: [string, string][] = [
      ['ratelimit-policy', `"${this.#name}";q=${requests};w=${Math.ceil(window / 1_000)}`],
      ['ratelimit', `"${this.#name}";r=${remainingPoints};t=${seconds}`],
    ]
    if (kind === 'exceeded') headers.push(['retry-after', String(seconds)])
    return { kind, headers }
  }
}
