import { AnswerCounts } from './answer-counts.ts'
import { Rate } from './rate.ts'
import { RecentMean } from './recent-mean.ts'

/** What has passed through one server, or through the backend: only ever grows, a reload included. */
export class TrafficStats {
  /** Requests under way, at most; how many now, the server itself knows. */
  currentMax = 0
  /** Times it was picked: first attempts, retries and hedges (`lbtot`). */
  picked = 0
  /** Requests whose answer came from here, or whose failure ended here (`stot`). */
  requests = 0
  bytesIn = 0
  bytesOut = 0
  /** Attempts that found no connection (`econ`). */
  connectErrors = 0
  /** Attempts that were sent and brought no whole answer (`eresp`). */
  answerErrors = 0
  /** Requests sent again after they had been sent (`wretr`). */
  retries = 0
  /** Requests that went elsewhere unsent (`wredis`). */
  redispatches = 0
  hedges = 0
  clientAborts = 0
  serverAborts = 0
  connects = 0
  reuses = 0
  lastRequestMs: number | undefined
  readonly answers = new AnswerCounts()
  readonly rate = new Rate()
  readonly queueMs = new RecentMean()
  readonly connectMs = new RecentMean()
  readonly answerMs = new RecentMean()
  readonly totalMs = new RecentMean()
}
