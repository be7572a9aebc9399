import { z } from 'zod'

const DURATION_MS = { ms: 1, s: 1_000, m: 60_000 } as const
const SIZE_BYTES = { B: 1, KiB: 1_024, MiB: 1_048_576 } as const

/** `200ms`, `5s`, `1m` → milliseconds. */
export const duration = quantity(DURATION_MS, 'a duration such as 200ms, 5s or 1m')

/** `512B`, `64KiB`, `1MiB` → bytes. */
export const size = quantity(SIZE_BYTES, 'a size such as 512B, 64KiB or 1MiB')

function quantity(units: Readonly<Record<string, number>>, wanted: string) {
  const form = new RegExp(`^(\\d+)(${Object.keys(units).join('|')})$`)
  return z.string(`write ${wanted}`).transform((text, context) => {
    const [, digits, unit] = form.exec(text) ?? []
    const factor = unit === undefined ? undefined : units[unit]
    const value = Number(digits) * (factor ?? Number.NaN)
    if (value > 0) return value
    context.addIssue({ code: 'custom', message: `write ${wanted}, above zero` })
    return z.NEVER
  })
}

export interface HostPort {
  readonly host: string
  readonly port: number
}

/** `gateway-a:8080`, `0.0.0.0:8080`. Port 0 asks the kernel for a free one. */
export const hostPort = z.string('write host:port').transform((text, context): HostPort => {
  const [, host, digits] = /^([A-Za-z0-9._-]+):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (host !== undefined && port <= 65_535) return { host, port }
  context.addIssue({ code: 'custom', message: 'write host:port, such as gateway-a:8080' })
  return z.NEVER
})
