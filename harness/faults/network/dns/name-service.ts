import { type Decision, type DnsManner, decide } from './manner.ts'

/** The manner that the name service has now, and how often it was asked while that was on. */
export class NameService {
  #manner: DnsManner = { kind: 'pass' }
  #asked = 0
  #struck = 0
  readonly #checks = new Map<number, (decision: Decision) => void>()

  inject(manner: DnsManner): void {
    this.#manner = manner
    this.#asked = 0
    this.#struck = 0
  }

  heal(): void {
    this.#manner = { kind: 'pass' }
  }

  get standing() {
    return { manner: this.#manner, asked: this.#asked, struck: this.#struck }
  }

  /** `undefined`: it was a check of ours, which is told and must go no further. */
  decide(query: Buffer, fromPort: number): Decision | undefined {
    const decision = decide(this.#manner, query)
    const onCheck = this.#checks.get(fromPort)
    if (onCheck) {
      onCheck(decision)
      return decision.kind === 'answered' ? decision : undefined
    }
    if (this.#manner.kind !== 'pass') this.#asked += 1
    if (decision.kind !== 'pass') this.#struck += 1
    return decision
  }

  /** A query from that port is a check: `onDecision` hears what became of it. Returns what ends that. */
  watch(port: number, onDecision: (decision: Decision) => void): () => void {
    this.#checks.set(port, onDecision)
    return () => this.#checks.delete(port)
  }
}
