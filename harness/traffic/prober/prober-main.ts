import { setPriority } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { InstanceTable } from '../instance-table.ts'
import { runTrafficProcess } from '../process-main.ts'
import type { TrafficSettings } from '../protocol.ts'
import { RowBatch } from '../row-batch.ts'
import { keepSchedule } from './schedule.ts'
import { probeSender } from './send-probe.ts'

/**
 * The prober: a process of its own, so that nothing else that the harness does can make it late. Open
 * loop: probe k is sent when it is due, whatever the earlier ones are doing; even k on a connection of
 * its own, odd k on one kept alive.
 */
const NICE = -10
const HEALTH_EVERY_MS = 1000
const FLUSH_EVERY_MS = 50

runTrafficProcess((settings, channel, signal) => {
  const { originNs, probes } = settings
  if (!tryNice())
    channel.send({
      type: 'note',
      text: 'The prober runs at ordinary priority: a higher one was not allowed.',
    })
  const batch = new RowBatch(rows => channel.send({ type: 'rows', rows }))
  const instances = new InstanceTable((index, value) => channel.send({ type: 'instance', index, value }))
  const send = probeSender(new URL(settings.url), probes, settings.instanceHeader)
  const atUs = (ns: bigint) => Number(ns - originNs) / 1000
  const loopDelay = monitorEventLoopDelay({ resolution: 10 })
  loopDelay.enable()
  const mostInFlight = mostInFlightOf(settings)
  const inFlight = new Set<number>()
  const drained = Promise.withResolvers<void>()
  let second = { sent: 0, unsent: 0, maxLateUs: 0 }

  keepSchedule({
    startNs: process.hrtime.bigint() + 20_000_000n,
    periodNs: BigInt(Math.round(1e9 / probes.ratePerSecond)),
    signal,
    onDue(k, dueNs) {
      const dueUs = atUs(dueNs)
      const kind = k % 2 === 0 ? 'fresh' : 'kept'
      const sentUs = atUs(process.hrtime.bigint())
      second.maxLateUs = Math.max(second.maxLateUs, sentUs - dueUs)
      if (inFlight.size >= mostInFlight) {
        second.unsent += 1
        const connection = kind === 'fresh' ? 'fresh' : 'kept-opened'
        batch.add({
          stream: 'probe',
          dueUs,
          sentUs: null,
          endedUs: sentUs,
          status: 0,
          outcome: 'unsent',
          connection,
          instance: 0,
        })
        return
      }
      second.sent += 1
      inFlight.add(k)
      send(kind, ({ status, outcome, connection, instanceHeader }) => {
        const endedUs = atUs(process.hrtime.bigint())
        batch.add({
          stream: 'probe',
          dueUs,
          sentUs,
          endedUs,
          status,
          outcome,
          connection,
          instance: instances.indexOf(instanceHeader),
        })
        inFlight.delete(k)
        if (signal.aborted && inFlight.size === 0) drained.resolve()
      })
    },
  })

  const flushing = setInterval(() => batch.flush(), FLUSH_EVERY_MS)
  const health = setInterval(() => {
    const maxLoopDelayUs = loopDelay.max / 1000
    channel.send({ type: 'health', atUs: atUs(process.hrtime.bigint()), ...second, maxLoopDelayUs })
    second = { sent: 0, unsent: 0, maxLateUs: 0 }
    loopDelay.reset()
  }, HEALTH_EVERY_MS)
  signal.addEventListener('abort', () => {
    if (inFlight.size === 0) drained.resolve()
  })
  return drained.promise.then(() => {
    clearInterval(flushing)
    clearInterval(health)
    batch.flush()
  })
})

/** Enough for every probe to run into its deadline, with a margin; beyond it the prober itself is in trouble. */
function mostInFlightOf({ probes }: TrafficSettings): number {
  return Math.max(64, Math.ceil((2 * probes.ratePerSecond * probes.deadlineMs) / 1000))
}

function tryNice(): boolean {
  try {
    setPriority(NICE)
    return true
  } catch {
    return false // only root may; the history says so
  }
}
