import { z } from 'zod'

const text = z.string().min(1)

/** Which containers are meant: all that is said must hold. */
const filters = {
  tier: text.optional().describe('those that carry this in the tier label'),
  zone: text.optional().describe('those that carry this in the zone label'),
  service: text.optional().describe('those of this Compose service'),
  name: text
    .optional()
    .describe('the one of this name, less the project’s: gateway-a-1; or all of a service'),
  label: z
    .record(z.string(), z.string())
    .optional()
    .describe('those that carry these labels: { com.example.role: cache }'),
}

/** How many of them are struck. */
const amounts = {
  count: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('so many, drawn from the seed; 1 if nothing is said'),
  share: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe('this part of them, at least one, drawn from the seed: 0.5 for half'),
  all: z.literal(true).optional().describe('every one'),
  wholeZones: z
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('all that are in so many zones; the zones are drawn from the seed'),
}

export const AMOUNTS = ['count', 'share', 'all', 'wholeZones'] as const

export const targetSchema = z
  .strictObject({ ...filters, ...amounts })
  .superRefine((target, { addIssue }) => {
    const said = AMOUNTS.filter(amount => target[amount] !== undefined)
    if (said.length > 1)
      addIssue({
        code: 'custom',
        path: [said[1] as string],
        message: `cannot be beside \`${said[0]}\`: say one of them`,
      })
  })
  .readonly()

const selectorSchema = z.strictObject(filters).readonly()

export type Selector = z.output<typeof selectorSchema>
export type Target = z.output<typeof targetSchema>

export type Amount =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'share'; readonly share: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'whole-zones'; readonly zones: number }

export function amountOf({ count, share, all, wholeZones }: Target): Amount {
  if (wholeZones !== undefined) return { kind: 'whole-zones', zones: wholeZones }
  if (all) return { kind: 'all' }
  if (share !== undefined) return { kind: 'share', share }
  return { kind: 'count', count: count ?? 1 }
}
