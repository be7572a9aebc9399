import type { HistoryEvent, Phase } from '../history/event.ts'

/** Who watches a run while it goes: the terminal now, a page later. Watching changes nothing. */
export interface RunObserver {
  /** What is being done now, outside the measured phases. */
  step(text: string): void
  /** What is worth a line that stays. */
  remark(text: string): void
  /** A measured phase begins; it is to last so long. */
  phase(phase: Phase, lengthMs: number): void
  event(event: HistoryEvent): void
  probe(probe: { readonly good: boolean; readonly latencyMs: number }): void
}
