import { experimentSchema, type LoadSettings, type ProbeSettings } from '../../experiment/experiment.ts'
import { CONNECTIONS, OUTCOMES } from '../../history/sample.ts'
import { decodeRows, emptyColumns, ROW_BYTES } from '../../history/sample-row.ts'
import {
  startTrafficProcess,
  type TrafficMessage,
  type TrafficProcess,
  type TrafficStream,
} from '../traffic-process.ts'

export interface Collected {
  readonly outcome: string
  readonly status: number
  readonly connection: string
  readonly dueUs: number
  /** `NEVER_SENT_US` for one that was not sent. */
  readonly sentUs: number
  readonly endedUs: number
  readonly instance: number
}

/** For tests: a traffic process whose rows are gathered and can be waited for. */
export interface CollectedTraffic {
  readonly process: TrafficProcess
  readonly samples: readonly Collected[]
  readonly messages: readonly TrafficMessage[]
  /** Resolves when the samples satisfy the condition; rejects when the process ends before that. */
  until(condition: (samples: readonly Collected[]) => boolean): Promise<void>
}

const defaults = experimentSchema.parse({
  name: 'test',
  title: 'test',
  shows: 'nothing',
  expected: 'nothing',
  target: {},
  fault: { kind: 'kill' },
  slos: ['censored count == 0'],
})

export async function collectTraffic(
  stream: TrafficStream,
  port: number,
  settings: {
    probes?: Partial<ProbeSettings>
    load?: Partial<LoadSettings>
    mostMs?: number
    url?: string
  } = {},
): Promise<CollectedTraffic> {
  const samples: Collected[] = []
  const messages: TrafficMessage[] = []
  const waiting = new Set<() => void>()
  const process = await startTrafficProcess(
    stream,
    {
      url: settings.url ?? `http://127.0.0.1:${port}/`,
      originNs: globalThis.process.hrtime.bigint(),
      instanceHeader: 'x-zonefall-path',
      mostMs: settings.mostMs ?? 30_000,
      probes: { ...defaults.probes, ...settings.probes },
      load: { ...defaults.load, ...settings.load },
    },
    message => {
      messages.push(message)
      if (message.type === 'rows') samples.push(...decode(Buffer.from(message.rows)))
      for (const check of waiting) check()
    },
  )
  return {
    process,
    samples,
    messages,
    async until(condition) {
      const met = Promise.withResolvers<void>()
      const check = () => {
        if (condition(samples)) met.resolve()
      }
      waiting.add(check)
      check()
      await Promise.race([met.promise, process.failed])
      waiting.delete(check)
    },
  }
}

function decode(rows: Buffer): Collected[] {
  const count = rows.length / ROW_BYTES
  const columns = emptyColumns(count)
  decodeRows(rows, count, columns, 0)
  return Array.from({ length: count }, (_, index) => ({
    outcome: OUTCOMES[columns.outcome[index] ?? 99] ?? '?',
    status: columns.status[index] ?? 0,
    connection: CONNECTIONS[columns.connection[index] ?? 9] ?? '?',
    dueUs: columns.dueUs[index] ?? 0,
    sentUs: columns.sentUs[index] ?? 0,
    endedUs: columns.endedUs[index] ?? 0,
    instance: columns.instance[index] ?? 0,
  }))
}
