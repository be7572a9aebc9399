import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface RuleSet {
  readonly version: string
  readonly patterns: readonly string[]
}

/** Which rules are in force, and whether a request breaks one of them. */
export interface Firewall {
  readonly version: string
  /** Rules that were taken back because they took too long. */
  readonly refused: ReadonlySet<string>
  adopt(rules: RuleSet): void
  forbids(target: string): Promise<boolean>
}

/** On the thread that serves everything else, for as long as it takes. */
export class UnboundedFirewall implements Firewall {
  readonly refused = new Set<string>()
  #rules: RuleSet = { version: 'none', patterns: [] }
  #expressions: RegExp[] = []

  get version(): string {
    return this.#rules.version
  }

  adopt(rules: RuleSet): void {
    this.#rules = rules
    this.#expressions = rules.patterns.map(pattern => new RegExp(pattern))
  }

  forbids(target: string): Promise<boolean> {
    return Promise.resolve(this.#expressions.some(expression => expression.test(target)))
  }
}

const LIMIT_MS = 250

/**
 * On a thread of its own, which is ended when it takes too long: the request is let through, and the rules before
 * these are in force again. Rules that nothing is known to be better than are kept.
 */
export class BoundedFirewall implements Firewall {
  readonly refused = new Set<string>()
  #rules: RuleSet = { version: 'none', patterns: [] }
  #before: RuleSet | undefined
  #worker = matcherOf(this.#rules)
  #online = onlineOf(this.#worker)
  #asked = 0
  #waiting = new Map<number, (forbidden: boolean) => void>()

  get version(): string {
    return this.#rules.version
  }

  adopt(rules: RuleSet): void {
    if (this.#rules.version !== 'none') this.#before = this.#rules
    this.#rules = rules
    this.#start()
  }

  async forbids(target: string): Promise<boolean> {
    // How long a thread takes to start says nothing of its rules; while we wait, another may take its place.
    for (let worker: Worker | undefined; worker !== this.#worker; await this.#online) worker = this.#worker
    return await new Promise(resolve => {
      this.#asked += 1
      const id = this.#asked
      const limit = setTimeout(() => this.#takesTooLong(), LIMIT_MS)
      this.#waiting.set(id, forbidden => {
        clearTimeout(limit)
        resolve(forbidden)
      })
      this.#worker.postMessage({ id, target })
    })
  }

  #takesTooLong(): void {
    if (this.#before) {
      this.refused.add(this.#rules.version)
      this.#rules = this.#before
      this.#before = undefined
    }
    this.#start()
  }

  /** Whoever waited for the thread before is let through. */
  #start(): void {
    void this.#worker.terminate()
    for (const letThrough of this.#waiting.values()) letThrough(false)
    this.#waiting = new Map()
    this.#worker = matcherOf(this.#rules)
    this.#online = onlineOf(this.#worker)
    this.#worker.on('message', ({ id, forbidden }: { id: number; forbidden: boolean }) => {
      this.#waiting.get(id)?.(forbidden)
      this.#waiting.delete(id)
    })
  }
}

function matcherOf({ patterns }: RuleSet): Worker {
  return new Worker(new URL('./matcher-thread.ts', import.meta.url), { workerData: patterns })
}

/** Also when it is ended before that. */
function onlineOf(worker: Worker): Promise<unknown> {
  return Promise.race([once(worker, 'online'), once(worker, 'exit')])
}
