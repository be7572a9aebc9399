import type { AnswerHead } from '../upstream/answer-head.ts'
import type { AnswerTaker, Attempt } from '../upstream/attempt.ts'
import type { Failure } from '../upstream/failure.ts'

/** Longer ones cost more to read than a new connection does to make. */
const MAX_BODY = 65_536

/**
 * Takes an answer that nobody wants any more: a hedge that came second, a 503 that was had better elsewhere. It is
 * read to its end, so that its connection can be used again and nothing looks like a reset to anybody; what it
 * says of the server's speed is learnt, and if it fails now, only that no connection came says anything.
 */
export class Discard implements AnswerTaker {
  readonly #learn: (attempt: Attempt, head: AnswerHead) => void
  readonly #blame: (attempt: Attempt, failure: Failure) => void
  #taken = 0

  constructor(
    learn: (attempt: Attempt, head: AnswerHead) => void,
    blame: (attempt: Attempt, failure: Failure) => void,
  ) {
    this.#learn = learn
    this.#blame = blame
  }

  onHead(attempt: Attempt, head: AnswerHead): void {
    this.#learn(attempt, head)
    if (head.framing.kind === 'until-close') attempt.cancel()
    else if (head.framing.kind === 'length' && head.framing.bytes > MAX_BODY) attempt.cancel()
  }

  onBody(attempt: Attempt, bytes: Buffer): void {
    this.#taken += bytes.length
    if (this.#taken > MAX_BODY) attempt.cancel()
  }

  onContinue(): void {
    return
  }
  onInformation(): void {
    return
  }
  onRead(): void {
    return
  }
  onWhole(): void {
    return
  }
  onCut(): void {
    return
  }
  onFailed(attempt: Attempt, failure: Failure): void {
    if (failure.stage === 'unsent') this.#blame(attempt, failure)
  }
  onOverdue(): void {
    return
  }
}
