import type { StatsSource } from '../stats/source.ts'

export interface LogCounts {
  readonly lines: number
  readonly dropped: number
}

export interface MetricsSource extends StatsSource {
  readonly log: LogCounts
}

export type Labels = Readonly<Record<string, string>>

export interface Value {
  readonly labels: Labels
  readonly value: number
}

/** One family of numbers that others keep: read when somebody asks, so that it costs nothing while requests pass. */
export interface Definition {
  readonly kind: 'counter' | 'gauge'
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  readonly read: (source: MetricsSource) => readonly Value[]
}
