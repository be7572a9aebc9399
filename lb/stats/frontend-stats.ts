import { AnswerCounts } from './answer-counts.ts'
import { Rate } from './rate.ts'

/** What the clients' side has seen since the balancer started. Sessions are connections. */
export class FrontendStats {
  readonly sessions = { current: 0, max: 0, total: 0 }
  requests = 0
  bytesIn = 0
  bytesOut = 0
  /** Refused because they could be read in two ways, or by a limit (`dreq`). */
  refused = 0
  /** Heads that could not be read, or did not come (`ereq`). */
  unreadable = 0
  readonly answers = new AnswerCounts()
  readonly sessionRate = new Rate()
  readonly requestRate = new Rate()

  opened(nowMs: number): void {
    this.sessions.current += 1
    this.sessions.total += 1
    this.sessions.max = Math.max(this.sessions.max, this.sessions.current)
    this.sessionRate.add(nowMs)
  }

  closed(): void {
    this.sessions.current -= 1
  }
}
