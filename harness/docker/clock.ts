import type Dockerode from 'dockerode'

/**
 * One round trip to the engine's clock: at some instant between `beforeNs` and `afterNs` (ours,
 * monotonic) the engine's wall clock showed `engineNs` (since the epoch).
 */
export interface ClockTrip {
  readonly beforeNs: bigint
  readonly afterNs: bigint
  readonly engineNs: bigint
}

export async function measureClock(docker: Dockerode, trips: number): Promise<ClockTrip[]> {
  const measured: ClockTrip[] = []
  for (let trip = 0; trip < trips; trip += 1) {
    const beforeNs = process.hrtime.bigint()
    const info = (await docker.info()) as { SystemTime: string }
    const afterNs = process.hrtime.bigint()
    measured.push({ beforeNs, afterNs, engineNs: parseEngineTime(info.SystemTime) })
  }
  return measured
}

/** RFC 3339 with up to nanoseconds (`2026-11-24T12:00:00.123456789Z`) → nanoseconds since the epoch. */
export function parseEngineTime(text: string): bigint {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/.exec(text)
  if (!match) throw new Error(`not a time of the engine: ${text}`)
  const [, seconds = '', fraction = '', zone = 'Z'] = match
  return BigInt(Date.parse(seconds + zone)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}
