import { z } from 'zod'

const A_TIME = 'must be a time such as 500ms, 2s or 1m'
const UNITS = { ms: 1, s: 1000, m: 60_000 } as const

/** `500ms`, `2.5s` or `1m`, which becomes a number of ms. */
export const duration = z
  .string(A_TIME)
  .regex(/^\d+(\.\d+)?(ms|s|m)$/, A_TIME)
  .transform(text => {
    const [, number = '', unit = 'ms'] = /^([\d.]+)(ms|s|m)$/.exec(text) ?? []
    return Math.round(Number(number) * UNITS[unit as keyof typeof UNITS])
  })

/** The other way round, as short as it goes. */
export function printDuration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}
