import { Resolver } from 'node:dns/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { hostname } from 'node:os'

export interface Answer {
  readonly status: number
  readonly text: string
  /** Containers that were asked for this answer, as their own answers name them. */
  readonly asked?: string
}

/** Serves on port 8080. The header tells Zonefall which containers an answer came through. */
export function serve(answerTo: (url: URL, request: IncomingMessage) => Answer | Promise<Answer>): void {
  const server = createServer({ keepAliveTimeout: 75_000 }, async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://service')
    const { status, text, asked } = await tried(() => answerTo(url, request))
    const path = asked ? `${hostname()}, ${asked}` : hostname()
    response.writeHead(status, { 'content-type': 'text/plain', 'x-zonefall-path': path })
    response.end(text)
  })
  server.listen(8080)
}

async function tried(answerTo: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await answerTo()
  } catch (error) {
    return { status: 500, text: String(error) }
  }
}

/**
 * Not the system's resolver: the name of a container that is gone takes it seconds, and four of those fill its threads,
 * so that the names of the living are not found either.
 */
const resolver = new Resolver({ timeout: 250, tries: 1 })

/** Rejects when there is no answer within the limit; an answer of any status is one. */
export async function ask(url: string, limitMs: number): Promise<Required<Answer>> {
  const signal = AbortSignal.timeout(limitMs)
  const found = new URL(url)
  const [address] = await resolver.resolve4(found.hostname)
  if (address === undefined) throw new Error(`${found.hostname} has no address`)
  found.hostname = address
  const answer = await fetch(found, { signal })
  return {
    status: answer.status,
    text: await answer.text(),
    asked: answer.headers.get('x-zonefall-path') ?? '',
  }
}

/** A setting of the Compose file. */
export function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

/** One line of the container's log. */
export function say(event: string, facts: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...facts })}\n`)
}
