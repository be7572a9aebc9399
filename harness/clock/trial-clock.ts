import type { ClockTrip } from '../docker/clock.ts'

/**
 * The trial's time line: microseconds since its origin on the monotonic clock, which all processes of
 * this machine share. Stamps of the engine's wall clock (Docker's own, and those of its containers) are
 * placed on it with the bound that round trips to that clock gave.
 */
export class TrialClock {
  readonly originNs: bigint
  #offset: ClockOffset | undefined

  constructor(originNs: bigint) {
    this.originNs = originNs
  }

  nowUs(): number {
    return this.atUs(process.hrtime.bigint())
  }

  atUs(monotonicNs: bigint): number {
    return Number(monotonicNs - this.originNs) / 1000
  }

  /** Takes the engine's offset from the tightest of these round trips. */
  boundEngine(trips: readonly ClockTrip[]): ClockOffset {
    this.#offset = offsetOf(trips)
    return this.#offset
  }

  /** Where a stamp of the engine's clock (ns since the epoch) lies, give or take `errorUs`. */
  placeEngine(engineNs: bigint): { atUs: number; errorUs: number } {
    if (!this.#offset) throw new Error('the engine clock has not been bounded yet')
    const { lowerNs, upperNs } = this.#offset
    const middleNs = (lowerNs + upperNs) / 2n
    return { atUs: this.atUs(engineNs - middleNs), errorUs: Number(upperNs - lowerNs) / 2000 }
  }
}

/** Engine's wall clock − our monotonic clock, in ns, lies between these two. */
export interface ClockOffset {
  readonly lowerNs: bigint
  readonly upperNs: bigint
}

/** The tightest trip counts: it bounds the offset best. */
function offsetOf(trips: readonly ClockTrip[]): ClockOffset {
  const [tightest] = [...trips].sort((a, b) => Number(a.afterNs - a.beforeNs - (b.afterNs - b.beforeNs)))
  if (!tightest) throw new Error('no round trip to the engine clock')
  return { lowerNs: tightest.engineNs - tightest.afterNs, upperNs: tightest.engineNs - tightest.beforeNs }
}
