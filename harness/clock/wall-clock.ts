/** This machine's wall clock minus its monotonic clock, in ns; the wall clock is known to 1 ms, and this is its lower end. */
export function wallOffsetNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint()
}
