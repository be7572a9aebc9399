/**
 * Calls `expire` after `ms`, but not before what has already arrived was read. When this process itself is
 * late, for want of a processor, timers run first, and would take its own lag for the silence of another.
 *
 * @returns what calls it off
 */
export function patientTimeout(expire: () => void, ms: number): () => void {
  let state: 'waiting' | 'off' = 'waiting'
  const ifStillWaiting = (next: () => void) => () => {
    if (state === 'waiting') next()
  }
  // An immediate runs once the sockets were polled; two, for an answer that takes two reads.
  const timer = setTimeout(() => setImmediate(ifStillWaiting(() => setImmediate(ifStillWaiting(expire)))), ms)
  return () => {
    state = 'off'
    clearTimeout(timer)
  }
}
