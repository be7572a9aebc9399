import type { Disturbance } from './disturbance.ts'
import type { SoakOutcome, SoakRequest } from './soak-request.ts'

/** A request that did not end with its own whole answer; times on the monotonic clock. */
export interface Miss {
  readonly request: SoakRequest
  readonly outcome: SoakOutcome
  readonly fromMs: number
  readonly toMs: number
}

export interface Judgement {
  /** No answer of its own where there could have been one. */
  readonly lost: Miss[]
  /** What nobody could have kept: with a server that was killed, a POST that may have been done, an answer that had begun. */
  readonly unkeepable: Miss[]
  /** Requests done more than once that must not be. */
  readonly twice: number[]
  /** Answered with 200, and no server has done them. */
  readonly undone: number[]
}

/** What became of each request of a soak. Of those that went well, only what must be known. */
export class Ledger {
  #total = 0
  readonly #misses: Miss[] = []
  readonly #answeredPosts: number[] = []
  readonly #repeatable = new Set<number>()

  note(request: SoakRequest, outcome: SoakOutcome, fromMs: number, toMs: number): void {
    const { id, kind } = request
    this.#total += 1
    if (kind === 'post-idempotent') this.#repeatable.add(id)
    if (outcome.kind === 'left') return
    if (outcome.kind === 'answered' && outcome.status === 200) {
      if (kind.startsWith('post')) this.#answeredPosts.push(id)
      return
    }
    this.#misses.push({ request, outcome, fromMs, toMs })
  }

  /** Requests that have ended. */
  get total(): number {
    return this.#total
  }

  /** `deeds`: the number of each POST that a server has done, as often as it was. */
  judge(deeds: readonly number[], disturbances: readonly Disturbance[]): Judgement {
    const kills = disturbances.filter(({ kind }) => kind === 'kill')
    const isUnkeepable = (miss: Miss) =>
      couldBeAtDeadServer(miss) &&
      kills.some(({ fromMs, toMs }) => miss.fromMs <= toMs && miss.toMs >= fromMs)
    const done = new Set<number>()
    const twice = deeds.filter(id => {
      const again = done.has(id) && !this.#repeatable.has(id)
      done.add(id)
      return again
    })
    return {
      lost: this.#misses.filter(miss => !isUnkeepable(miss)),
      unkeepable: this.#misses.filter(isUnkeepable),
      twice,
      undone: this.#answeredPosts.filter(id => !done.has(id)),
    }
  }
}

/** It was there when the server died, and could not be sent again. */
function couldBeAtDeadServer({ request: { kind }, outcome }: Miss): boolean {
  if (outcome.kind === 'cut') return kind === 'get-large'
  if (outcome.kind !== 'answered') return false
  return (kind === 'post' || kind === 'post-large') && outcome.status === 502
}
