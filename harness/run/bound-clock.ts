import type { TrialClock } from '../clock/trial-clock.ts'
import type { Engine } from '../docker/engine.ts'
import type { HistoryEvent } from '../history/event.ts'

const CLOCK_TRIPS = 10

/** Bounds the engine's clock against ours, and keeps the bound in the history: at the end it must still hold. */
export async function boundClock(
  engine: Pick<Engine, 'measureClock'>,
  clock: TrialClock,
  record: (event: HistoryEvent) => void,
): Promise<void> {
  const { lowerNs, upperNs } = clock.boundEngine(await engine.measureClock(CLOCK_TRIPS))
  record({
    type: 'clock',
    atUs: clock.nowUs(),
    lowerUs: Number(lowerNs) / 1000,
    upperUs: Number(upperNs) / 1000,
  })
}
