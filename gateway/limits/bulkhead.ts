import { type BulkheadPolicy, BulkheadRejectedError, bulkhead, TaskCancelledError } from 'cockatiel'

export type Entered<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'full' }
  /** Still in the queue when its patience ended. */
  | { readonly kind: 'given-up' }

/** So many requests at once to one upstream, so many more that wait: a slow upstream must not take all there is. */
export class Bulkhead {
  readonly #policy: BulkheadPolicy
  readonly #size: { readonly concurrent: number; readonly queued: number }

  constructor(size: { readonly concurrent: number; readonly queued: number }) {
    this.#policy = bulkhead(size.concurrent, size.queued)
    this.#size = size
  }

  get use(): { readonly active: number; readonly waiting: number } {
    return {
      active: this.#size.concurrent - this.#policy.executionSlots,
      waiting: this.#size.queued - this.#policy.queueSlots,
    }
  }

  /** @param patience aborts when waiting on in the queue is pointless; what has begun is not its business */
  async enter<T>(work: () => Promise<T>, patience: () => AbortSignal): Promise<Entered<T>> {
    try {
      // Free, as it nearly always is: no timer, no signal.
      if (this.#policy.executionSlots > 0) return { kind: 'done', value: await this.#policy.execute(work) }
      return await this.#wait(work, patience())
    } catch (error) {
      if (error instanceof BulkheadRejectedError) return { kind: 'full' }
      if (error instanceof TaskCancelledError) return { kind: 'given-up' }
      throw error
    }
  }

  /** cockatiel looks at the signal only when a place is free; who waits must hear of it at once. */
  #wait<T>(work: () => Promise<T>, patience: AbortSignal): Promise<Entered<T>> {
    return new Promise((resolve, reject) => {
      const giveUp = () => resolve({ kind: 'given-up' })
      patience.addEventListener('abort', giveUp, { once: true })
      const begin = () => {
        patience.removeEventListener('abort', giveUp)
        return work()
      }
      this.#policy.execute(begin, patience).then(value => resolve({ kind: 'done', value }), reject)
    })
  }
}
