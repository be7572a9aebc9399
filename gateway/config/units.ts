import * as z from 'zod'

const DURATION_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const
const SIZE_BYTES = { B: 1, KiB: 1_024, MiB: 1_048_576 } as const

/** `200ms`, `5s`, `1m`, `1h` → milliseconds. */
export const duration = quantity(DURATION_MS, 'a duration such as 200ms, 5s or 1m')

/** `512B`, `64KiB`, `1MiB` → bytes. */
export const size = quantity(SIZE_BYTES, 'a size such as 512B, 64KiB or 1MiB')

/** `50%` → 0.5. */
export const share = z.string('write a share such as 50%').transform((text, context) => {
  const percent = Number(/^(\d{1,2})%$/.exec(text)?.[1])
  if (percent > 0) return percent / 100
  context.addIssue({ code: 'custom', message: 'write a share from 1% to 99%' })
  return z.NEVER
})

function quantity(units: Readonly<Record<string, number>>, wanted: string) {
  const form = new RegExp(`^(\\d{1,9})(${Object.keys(units).join('|')})$`)
  return z.string(`write ${wanted}`).transform((text, context) => {
    const [, digits, unit] = form.exec(text) ?? []
    const value = Number(digits) * (units[unit ?? ''] ?? Number.NaN)
    if (value > 0) return value
    context.addIssue({ code: 'custom', message: `write ${wanted}, above zero` })
    return z.NEVER
  })
}
