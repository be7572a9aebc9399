import type httpProxy from 'http-proxy'
import type { Log } from '../log/json-log.ts'
import type { BodyLimits } from '../proxy/request-body.ts'
import type { App } from '../routing/app.ts'
import type { AppChooser } from '../routing/choose-app.ts'
import type { Answerer } from './own-answer.ts'

export interface ForwardLimits {
  readonly body: BodyLimits
  readonly connectTimeoutMs: number
  /** To the head of an answer; also the longest silence within one. */
  readonly answerTimeoutMs: number
  readonly maxAttempts: number
}

/** What every request is handled with. */
export interface GatewayContext extends Answerer {
  readonly log: Log
  readonly proxy: httpProxy
  readonly apps: readonly App[]
  readonly chooser: AppChooser
  readonly limits: ForwardLimits
  /** Monotonic milliseconds. */
  readonly nowMs: () => number
}
