import type { Socket } from 'node:net'
import type { BodySource } from './body-replay.ts'

/** The head of a client's request: its syntax has been checked, its meaning has not. */
export interface RequestHead {
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  /** Name, value, name, value, in their order. */
  readonly rawHeaders: readonly string[]
}

/** What goes to the client before the body: headers that end with its framing are added by whoever writes them. */
export interface ClientAnswer {
  readonly status: number
  readonly phrase: string
  /** Name, value, name, value; no Transfer-Encoding, no Connection. */
  readonly headers: readonly string[]
  readonly body: 'none' | 'length' | 'unknown length'
  /** Whether the client's connection ends with it. */
  readonly connection: 'kept' | 'closed'
}

/**
 * One request of a client, and the way its answer takes back.
 *
 *     open ──start──> answering ──end──> whole
 *       └───────────────┴──── the client leaves, or the answer is cut ──> gone
 */
export interface Exchange {
  readonly head: RequestHead
  readonly expects: 'nothing' | '100-continue'
  readonly socket: Socket
  /** The client's address. */
  readonly client: string
  readonly body: BodySource
  readonly state: 'open' | 'answering' | 'whole' | 'gone'
  /** Of the answer that began; 0: none has. */
  readonly status: number
  /** Whether the request has been read to its end. */
  readonly isRequestWhole: boolean
  /** Once, when it is whole or gone. */
  onClosed(act: () => void): void
  /** The client takes more again. */
  onWritable(act: () => void): void
  sayContinue(): void
  /** 103, of which only the links are passed on. */
  sayEarlyHints(links: readonly string[]): void
  start(answer: ClientAnswer): void
  /** The bytes are copied; they leave with the next `flush` or `end`. */
  write(bytes: Buffer): void
  /** `false`: wait until it is writable again. */
  flush(): boolean
  end(): void
  /** So that it can never look whole. */
  cut(): void
}
