import autocannon from 'autocannon'
import { randomFrom } from '../../plan/random.ts'
import { loopbackAddress } from '../loopback.ts'
import { runTrafficProcess } from '../process-main.ts'
import { RowBatch } from '../row-batch.ts'
import type { AutocannonClient } from './autocannon-client.ts'
import { shim } from './autocannon-shim.ts'
import { Slots } from './slots.ts'

/**
 * The load: autocannon, in a process of its own, to keep the system as busy as production does. Its
 * arrivals are spread evenly: client i of n sends every n/rate seconds, beginning i/rate seconds in.
 */
const FLUSH_EVERY_MS = 50
const STOP_CHECK_MS = 100
const PLACES = 2 ** 30

runTrafficProcess((settings, channel, signal) => {
  const { probes } = settings
  const { ratePerSecond, connections } = settings.load
  const url = new URL(probes.path ?? '', settings.url)
  const clients = Math.min(connections, ratePerSecond)
  const batch = new RowBatch(rows => channel.send({ type: 'rows', rows }))
  const common = {
    address: loopbackAddress(url.hostname),
    nowUs: () => Number(process.hrtime.bigint() - settings.originNs) / 1000,
    isGood: (status: number) => probes.expect.status?.includes(status) ?? (status >= 200 && status < 400),
    signal,
  }
  const startMs = performance.now()
  const place = placeFrom(settings.seed)
  let made = 0
  const ended = Promise.withResolvers<void>()
  const load = autocannon(
    {
      url: url.href,
      method: probes.method === 'HEAD' ? 'GET' : probes.method, // autocannon waits for a body after HEAD
      headers: probes.headers,
      ...(probes.body === undefined ? {} : { body: probes.body }),
      connections: clients,
      duration: Math.ceil(settings.mostMs / 1000),
      overallRate: ratePerSecond, // the shim replaces its pacing; autocannon wants it said all the same
      ignoreCoordinatedOmission: true,
      sampleInt: STOP_CHECK_MS,
      setupClient: client => {
        const slots = new Slots(
          startMs + (made * 1000) / ratePerSecond,
          (clients * 1000) / ratePerSecond,
          place,
        )
        made += 1
        shim(client as unknown as AutocannonClient, {
          ...common,
          slots,
          onEnd: end =>
            batch.add({
              ...end,
              stream: 'load',
              sentUs: end.outcome === 'unsent' ? null : end.sentUs,
              instance: 0,
            }),
        })
      },
    },
    error => (error ? ended.reject(error) : ended.resolve()),
  )
  signal.addEventListener('abort', () => load.stop())
  const flushing = setInterval(() => batch.flush(), FLUSH_EVERY_MS)
  return ended.promise.then(() => {
    clearInterval(flushing)
    batch.flush()
  })
})

/** Where in each of its periods a client sends: 0 ≤ place < 1. */
function placeFrom(seed: number | undefined): () => number {
  if (seed === undefined) return Math.random
  const random = randomFrom(seed, 'load/places')
  return () => random.below(PLACES) / PLACES
}
