import { setPriority } from 'node:os'
import { InstanceTable } from '../instance-table.ts'
import { runTrafficProcess } from '../process-main.ts'
import type { TrafficSettings } from '../protocol.ts'
import { RowBatch } from '../row-batch.ts'
import { LoopWatch } from './loop-watch.ts'
import { keepSchedule } from './schedule.ts'
import { type ProbeResult, probeSender } from './send-probe.ts'

/**
 * The prober: a process of its own, so that nothing else that the harness does can make it late. Open
 * loop: probe k is sent when it is due, whatever the earlier ones are doing; even k on a connection of
 * its own, odd k on one kept alive.
 */
const NICE = -10
const HEALTH_EVERY_MS = 1000
const FLUSH_EVERY_MS = 50
const START_AFTER_NS = 20_000_000n

runTrafficProcess((settings, channel, signal) => {
  const { originNs, probes } = settings
  if (!tryNice())
    channel.send({
      type: 'note',
      text: 'The prober runs at ordinary priority: a higher one was not allowed.',
    })
  const batch = new RowBatch(rows => channel.send({ type: 'rows', rows }))
  const instances = new InstanceTable((index, value) => channel.send({ type: 'instance', index, value }))
  const loop = new LoopWatch()
  const send = probeSender({
    url: new URL(settings.url),
    settings: probes,
    instanceHeader: settings.instanceHeader.toLowerCase(),
    stalledMs: () => loop.stalledMs(),
  })
  const nowUs = () => Number(process.hrtime.bigint() - originNs) / 1000
  const mostInFlight = mostInFlightOf(settings)
  const drained = Promise.withResolvers<void>()
  let inFlight = 0
  let second = { sent: 0, unsent: 0, maxLateUs: 0 }

  const ended = (dueUs: number, sentUs: number, result: ProbeResult) => {
    const { status, outcome, connection, instanceHeader } = result
    const endedUs = nowUs()
    const instance = instances.indexOf(instanceHeader)
    const times = { dueUs, sentUs: outcome === 'unsent' ? null : sentUs, endedUs }
    batch.add({ stream: 'probe', ...times, status, outcome, connection, instance })
    if (outcome === 'unsent') second.unsent += 1
  }

  keepSchedule({
    startNs: process.hrtime.bigint() + START_AFTER_NS,
    periodNs: BigInt(Math.round(1e9 / probes.ratePerSecond)),
    signal,
    onDue(k, dueNs) {
      const kind = k % 2 === 0 ? 'fresh' : 'kept'
      const dueUs = Number(dueNs - originNs) / 1000
      const sentUs = nowUs()
      second.maxLateUs = Math.max(second.maxLateUs, sentUs - dueUs)
      if (inFlight >= mostInFlight) {
        const connection = kind === 'fresh' ? 'fresh' : 'kept-opened'
        ended(dueUs, sentUs, { status: 0, outcome: 'unsent', connection, instanceHeader: undefined })
        return
      }
      inFlight += 1
      second.sent += 1
      send(kind, result => {
        ended(dueUs, sentUs, result)
        inFlight -= 1
        if (signal.aborted && inFlight === 0) drained.resolve()
      })
    },
  })

  const tellHealth = () => {
    const maxLoopDelayUs = loop.takeMaxDelayMs() * 1000
    channel.send({ type: 'health', atUs: nowUs(), ...second, maxLoopDelayUs })
    second = { sent: 0, unsent: 0, maxLateUs: 0 }
  }
  const flushing = setInterval(() => batch.flush(), FLUSH_EVERY_MS)
  const health = setInterval(tellHealth, HEALTH_EVERY_MS)
  signal.addEventListener('abort', () => {
    if (inFlight === 0) drained.resolve()
  })
  return drained.promise.then(() => {
    clearInterval(flushing)
    clearInterval(health)
    loop.stop()
    batch.flush()
    tellHealth()
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
