import type { Measured, Metrics } from '../analysis/metrics.ts'

type Bounds = { readonly lower: number; readonly upper: number }
type Values = { readonly [Name in keyof Metrics]: Exclude<Metrics[Name]['value'], undefined> | null }
type Remarks = { readonly [Name in keyof Metrics as `${Name}_reason`]?: string } & {
  readonly [Name in keyof Metrics as `${Name}_at_least`]?: number
} & { readonly [Name in keyof Metrics as `${Name}_bounds`]?: Bounds }

/**
 * The metrics as `verdict.json` has them, the value itself under the metric's name. What could not be measured
 * is `null`, with `<metric>_reason` beside it, and `<metric>_at_least` if the run ended first. A plain number
 * with an uncertainty has `<metric>_bounds`.
 */
export type FlatMetrics = Values & Remarks

export function flatten(metrics: Metrics): FlatMetrics {
  const flat: Record<string, unknown> = {}
  for (const [name, measured] of Object.entries(metrics) as [string, Measured<unknown>][]) {
    flat[name] = measured.value
    if ('reason' in measured) {
      flat[`${name}_reason`] = measured.reason
      if (measured.atLeast !== undefined) flat[`${name}_at_least`] = measured.atLeast
    } else if (measured.bounds) flat[`${name}_bounds`] = measured.bounds
  }
  return flat as FlatMetrics
}
