import autocannon from 'autocannon'
import { loopbackAddress } from '../loopback.ts'
import { runTrafficProcess } from '../process-main.ts'
import { RowBatch } from '../row-batch.ts'
import { type AutocannonClient, shim } from './autocannon-shim.ts'

/**
 * The load: autocannon, in a process of its own, to keep the system as busy as production does. Its
 * arrivals are spread evenly: client i of n sends every n/rate seconds, beginning i/rate seconds in.
 */
const FLUSH_EVERY_MS = 100
const STOP_CHECK_MS = 100

runTrafficProcess((settings, channel, signal) => {
  const { ratePerSecond, connections } = settings.load
  const target =
    settings.probes.path === undefined ? settings.url : new URL(settings.probes.path, settings.url).href
  const address = loopbackAddress(new URL(target).hostname)
  const batch = new RowBatch(rows => channel.send({ type: 'rows', rows }))
  const flushing = setInterval(() => batch.flush(), FLUSH_EVERY_MS)
  const nowUs = () => Number(process.hrtime.bigint() - settings.originNs) / 1000
  const clients = Math.min(connections, ratePerSecond)
  let made = 0
  const ended = Promise.withResolvers<void>()
  const load = autocannon(
    {
      url: target,
      connections: clients,
      duration: Math.ceil(settings.mostMs / 1000),
      overallRate: ratePerSecond, // the shim replaces its pacing; autocannon wants it said all the same
      ignoreCoordinatedOmission: true,
      sampleInt: STOP_CHECK_MS,
      setupClient: client => {
        const phaseMs = (made * 1000) / ratePerSecond
        made += 1
        shim(client as unknown as AutocannonClient, {
          address,
          periodMs: (clients * 1000) / ratePerSecond,
          phaseMs,
          nowUs,
          onEnd: ({ sentUs, endedUs, status, outcome }) => {
            if (signal.aborted) return
            batch.add({
              stream: 'load',
              dueUs: sentUs,
              sentUs,
              endedUs,
              status,
              outcome,
              connection: 'kept-reused',
              instance: 0,
            })
          },
        })
      },
    },
    error => (error ? ended.reject(error) : ended.resolve()),
  )
  signal.addEventListener('abort', () => load.stop())
  return ended.promise.then(() => {
    clearInterval(flushing)
    batch.flush()
  })
})
