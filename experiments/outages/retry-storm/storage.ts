import { setTimeout as pause } from 'node:timers/promises'
import { Gate } from '../shared/gate.ts'
import { ask, serve, setting } from '../shared/service.ts'

/**
 * A storage server with many partitions. It serves one only while its membership is known to be true, and asks for
 * that every few seconds. Without the remedy it asks again as soon as an answer is late.
 */
const PARTITIONS = 20
const RENEWED_EVERY_MS = 4000
const VALID_MS = 6000
const LIMIT_MS = 500

const backsOff = setting('REMEDY') === 'backoff'
const FIRST_BACKOFF_MS = 200
const LONGEST_BACKOFF_MS = 1000
/** With the remedy: so many questions at once, however many partitions there are. */
const underWay = new Gate(backsOff ? 4 : PARTITIONS)

const validUntilMs: number[] = []
let requests = 0

serve(url => {
  if (url.pathname === '/readyz') return { status: hasMost() ? 200 : 503, text: 'storage' }
  requests += 1
  const isServed = (validUntilMs[requests % PARTITIONS] ?? 0) > performance.now()
  return isServed ? { status: 200, text: 'item' } : { status: 503, text: 'membership is not known' }
})

// One after another, as a server that is taken into service gets its partitions.
for (let partition = 0; partition < PARTITIONS; partition += 1) {
  await renew(partition)
  void keepRenewing(partition)
}

async function keepRenewing(partition: number): Promise<never> {
  await pause(Math.random() * RENEWED_EVERY_MS) // spread, so that the load at rest is even
  for (;;) {
    await renew(partition)
    await pause(RENEWED_EVERY_MS)
  }
}

/** Until it is answered. */
async function renew(partition: number): Promise<void> {
  for (let failures = 0; ; failures += 1) {
    const fromMs = performance.now()
    const answer = await underWay
      .through(() => ask(`http://membership:8080/partition-${partition}`, LIMIT_MS))
      .catch(() => undefined)
    if (answer?.status === 200) {
      validUntilMs[partition] = fromMs + VALID_MS
      return
    }
    if (backsOff) await pause(Math.random() * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures))
  }
}

/** A server that does not know its place takes itself out of service. */
function hasMost(): boolean {
  const nowMs = performance.now()
  return validUntilMs.filter(untilMs => untilMs > nowMs).length > PARTITIONS / 2
}
