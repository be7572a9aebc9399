import { type Agent, type IncomingMessage, request } from 'node:http'
import type { SoakRandom } from './soak-random.ts'

/** What a client may ask of a soak's servers. Each request has a number, by which its answer and its deed are known. */
export interface SoakRequest {
  readonly id: number
  readonly kind: SoakKind
}

export type SoakKind = keyof typeof KINDS

/** In a hundred requests, so many of each. */
export const KINDS = {
  get: 68,
  /** An answer of 96 KiB, in pieces: a server that dies amid it cuts it. */
  'get-large': 2,
  /** Leaves before it is answered. */
  'get-and-leave': 3,
  post: 20,
  /** May be done twice. */
  'post-idempotent': 4,
  /** Larger than what is kept for a second try. */
  'post-large': 3,
} as const

/** How it ended, as the client saw it. */
export type SoakOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly reason: string | undefined }
  /** The answer is another request's, or has bytes of it. */
  | { readonly kind: 'mixed-up'; readonly body: string }
  /** A head came, and not all behind it. */
  | { readonly kind: 'cut' }
  /** The balancer did not answer at all. */
  | { readonly kind: 'nothing'; readonly reason: string }
  | { readonly kind: 'left' }

const LARGE_BYTES = 96 * 1_024
const LARGE = 'x'.repeat(LARGE_BYTES)
/** Longer than every time limit of the balancer's. */
const PATIENCE_MS = 60_000

export function drawKind(random: SoakRandom): SoakKind {
  let left = random.between(1, 100)
  for (const [kind, share] of Object.entries(KINDS)) {
    left -= share
    if (left <= 0) return kind as SoakKind
  }
  return 'get'
}

/** What a server says to it: so that an answer that belongs to another request cannot look right. */
export function answerTo(method: string, path: string): string {
  return path.startsWith('/large/') ? `${method} ${path} ${LARGE}` : `${method} ${path}`
}

export function ask(port: number, agent: Agent, { id, kind }: SoakRequest): Promise<SoakOutcome> {
  const method = kind.startsWith('post') ? 'POST' : 'GET'
  const path = `/${kind === 'get-large' ? 'large' : 'small'}/${id}`
  const headers = kind === 'post-idempotent' ? { 'idempotency-key': String(id) } : {}
  return new Promise(resolve => {
    const asked = request({ host: '127.0.0.1', port, agent, method, path, headers, timeout: PATIENCE_MS })
    asked.on('response', answer => void read(answer, answerTo(method, path)).then(resolve))
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', error => resolve({ kind: 'nothing', reason: error.message }))
    asked.end(method === 'GET' ? undefined : kind === 'post-large' ? LARGE : 'body')
    if (kind === 'get-and-leave')
      asked.once('finish', () =>
        setImmediate(() => {
          resolve({ kind: 'left' })
          asked.destroy()
        }),
      )
  })
}

async function read(answer: IncomingMessage, expected: string): Promise<SoakOutcome> {
  let body = ''
  try {
    for await (const chunk of answer.setEncoding('latin1')) body += chunk
  } catch {
    return { kind: 'cut' }
  }
  if (answer.statusCode === 200 && body !== expected) return { kind: 'mixed-up', body: body.slice(0, 100) }
  const reason = answer.headers['x-zonefall-lb-error']
  return { kind: 'answered', status: answer.statusCode ?? 0, reason: reason?.toString() }
}
