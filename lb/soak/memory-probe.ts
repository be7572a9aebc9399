/** Loaded before a balancer's own code (`--import`, `--expose-gc`): tells, when asked, what it holds once all else is collected. */
export interface Held {
  readonly heapBytes: number
  readonly residentBytes: number
}

process.on('message', () => {
  gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  process.send?.({ heapBytes: heapUsed, residentBytes: rss } satisfies Held)
})
process.channel?.unref()
process.on('disconnect', () => process.exit()) // it does not outlive who measures it
