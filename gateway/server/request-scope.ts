import type { IncomingMessage } from 'node:http'
import { type Consumer, keyOf } from '../auth/consumer.ts'
import { type AskedDeadline, DEADLINE_HEADER, readDeadline } from '../limits/deadline.ts'
import type { Log } from '../log/json-log.ts'
import type { Route } from '../routing/route-table.ts'
import { requestId } from '../trace/request-id.ts'
import { continueTrace, type TraceContext } from '../trace/trace-context.ts'
import type { GatewayContext } from './gateway-context.ts'
import type { Answerer, GatewayErrorCode } from './own-answer.ts'

/** One request on its way through the filters, and what they found out about it. */
export class RequestScope implements Answerer {
  readonly id: string
  readonly trace: TraceContext
  readonly askedDeadline: AskedDeadline
  /** Monotonic milliseconds. */
  readonly startedMs: number
  readonly answerHeaders: (readonly [name: string, value: string])[]
  readonly identity: Answerer['identity']
  readonly lifecycle: Answerer['lifecycle']
  route: Route | undefined
  consumer: Consumer
  ownError: GatewayErrorCode | undefined
  readonly #context: GatewayContext

  constructor(context: GatewayContext, req: IncomingMessage) {
    const { headers } = req
    this.#context = context
    this.identity = context.identity
    this.lifecycle = context.lifecycle
    this.startedMs = context.nowMs()
    this.id = requestId(headers['x-request-id'], context.newId)
    this.trace = continueTrace(oneText(headers['traceparent']), oneText(headers['tracestate']), context.newId)
    this.askedDeadline = readDeadline(headers[DEADLINE_HEADER])
    this.consumer = { kind: 'anonymous', address: clientAddress(req, context.trustedProxies) }
    this.answerHeaders = [['x-request-id', this.id]]
  }

  readonly onOwnError = (code: GatewayErrorCode): void => {
    this.ownError = code
    this.#context.onOwnError(code)
  }

  readonly log: Log = (event, fields = {}) => {
    this.#context.log(event, {
      request_id: this.id,
      trace_id: this.trace.traceId,
      route: this.route?.name,
      consumer: this.consumer.kind === 'anonymous' ? undefined : keyOf(this.consumer),
      ...fields,
    })
  }
}

function oneText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header
}

/**
 * The address that the outermost trusted proxy saw: so many entries from the end of X-Forwarded-For. What
 * stands before that, a client may have made up.
 */
function clientAddress(req: IncomingMessage, trustedProxies: number): string {
  // An IPv4 peer of a dual-stack socket shows as ::ffff:192.0.2.1.
  const peer = req.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? 'unknown'
  const list = req.headers['x-forwarded-for']
  if (trustedProxies === 0 || typeof list !== 'string') return peer
  const entries = list.split(',')
  const seen = entries.at(-trustedProxies) ?? entries[0]
  return seen?.trim().slice(0, 64) || peer
}
