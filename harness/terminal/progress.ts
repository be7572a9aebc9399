import type { Terminal } from '../commands/context.ts'
import type { HistoryEvent, Phase } from '../history/event.ts'
import type { RunObserver } from '../run/observer.ts'
import { PhaseTally } from '../run/phase-tally.ts'

const REFRESH_MS = 200

/**
 * Shows a run as it goes: on a terminal one line that is rewritten, elsewhere a line when each phase ends.
 *
 *     fault       3.1 s left   100/s   0 bad   p99 4 ms
 */
export class Progress implements RunObserver {
  readonly #terminal: Terminal
  readonly #nowMs: () => number
  readonly #tally = new PhaseTally()
  #phase: { name: Phase; startedMs: number; lengthMs: number } | undefined
  #shownMs = 0

  constructor(terminal: Terminal, nowMs: () => number) {
    this.#terminal = terminal
    this.#nowMs = nowMs
  }

  step(text: string): void {
    this.#endPhase()
    if (this.#terminal.live) this.#terminal.live(text)
    else this.#terminal.say(text)
  }

  remark(text: string): void {
    this.#endPhase()
    this.#terminal.say(`  ${text}`)
  }

  phase(name: Phase, lengthMs: number): void {
    this.#endPhase()
    this.#phase = { name, startedMs: this.#nowMs(), lengthMs }
    this.#tally.reset()
  }

  event(event: HistoryEvent): void {
    const name = 'container' in event ? event.container?.name : undefined
    if (event.type === 'fault')
      this.#terminal.say(
        `  ${event.action === 'inject' ? `${event.fault} ${name}` : `heal ${name} (${event.fault})`}`,
      )
    if (event.type === 'roll-out')
      this.#terminal.say(`  ${name} is ${event.ok ? '' : 'not '}ready: ${event.detail}`)
    if (event.type === 'strike-withheld') this.#terminal.say(`  ${name} is left alone: ${event.reason}`)
    if (event.type === 'fault-verified' && event.action === 'inject')
      this.#terminal.say(`  read back: ${event.detail}`)
    if (event.type === 'fault-withheld') this.#terminal.say(`  Nothing is broken: ${event.reason}`)
    if (event.type === 'note') this.#terminal.say(`  ${event.text}`)
    if (event.type === 'phase' && event.phase === 'done') this.#endPhase()
  }

  probe({ good, latencyMs }: { readonly good: boolean; readonly latencyMs: number }): void {
    this.#tally.add(good, latencyMs)
    const now = this.#nowMs()
    if (this.#phase && this.#terminal.live && now - this.#shownMs >= REFRESH_MS) {
      this.#shownMs = now
      const leftMs = Math.max(0, this.#phase.startedMs + this.#phase.lengthMs - now)
      this.#terminal.live(
        this.#line(this.#phase.name, `${(leftMs / 1000).toFixed(1)} s left`, now - this.#phase.startedMs),
      )
    }
  }

  #endPhase(): void {
    if (!this.#phase) return
    const lengthMs = this.#nowMs() - this.#phase.startedMs
    this.#terminal.say(this.#line(this.#phase.name, `${(lengthMs / 1000).toFixed(1)} s`, lengthMs))
    this.#phase = undefined
  }

  #line(name: Phase, time: string, elapsedMs: number): string {
    const { good, bad } = this.#tally.counts
    const rate = elapsedMs > 0 ? ((good + bad) * 1000) / elapsedMs : 0
    const p99Ms = this.#tally.percentileMs(99)
    const p99 = p99Ms === null ? 'no probe' : `p99 ${p99Ms.toFixed(p99Ms < 10 ? 1 : 0)} ms`
    return `  ${name.padEnd(9)} ${time.padStart(11)}  ${rate.toFixed(0).padStart(4)}/s  ${String(bad).padStart(4)} bad  ${p99}`
  }
}
