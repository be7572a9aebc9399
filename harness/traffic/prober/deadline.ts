/**
 * Calls back when `ms` have passed in which this process was awake. A stall of the prober is no failure of
 * the system: an answer may have come meanwhile and wait to be read, or the request may not have gone out.
 * Returns a function that calls it off.
 */
export function startDeadline(ms: number, stalledMs: () => number, onPassed: () => void): () => void {
  const awakeMs = () => performance.now() - stalledMs()
  const endsMs = awakeMs() + ms
  let timer = setTimeout(check, ms)
  let lastRead: NodeJS.Immediate | undefined

  function check(): void {
    const leftMs = endsMs - awakeMs()
    if (leftMs > 1) timer = setTimeout(check, leftMs)
    else lastRead = setImmediate(onPassed) // after this turn of the loop has read what has arrived
  }
  return () => {
    clearTimeout(timer)
    clearImmediate(lastRead)
  }
}
