import { z } from 'zod'
import { duration } from './duration.ts'
import { targetSchema } from './target.ts'

/** Its kind, and what that kind may be told (`zonefall faults`): the fault's own schema checks it. */
export const faultSchema = z.looseObject({ kind: z.string().min(1) }).readonly()

/**
 * One line of an experiment's timeline. Instants count from when the hold begins:
 *
 *   at      at + every     at + 2 × every
 *   ├─ for ─┤  ├─ for ─┤      ├─ for ─┤          until the hold ends, or `times`
 *    first target
 *      second target, `stagger` later
 */
export const faultEntrySchema = z
  .strictObject({
    fault: faultSchema.describe('what happens: { kind: kill }'),
    target: targetSchema
      .optional()
      .describe('whom it strikes; without it, those that `target` of the experiment drew'),
    at: duration.prefault('0s').describe('when it comes, from the beginning of the hold: 2s'),
    for: duration.optional().describe('how long it lasts; without it, until the hold ends'),
    every: duration.optional().describe('it comes again after so long, again and again until the hold ends'),
    times: z
      .number()
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('it comes so many times and no more; needs `every`'),
    stagger: duration
      .prefault('0s')
      .describe('each target is struck so long after the one before; without it, together'),
  })
  .transform(({ at, for: lasts, every, times, stagger, ...rest }) => ({
    ...rest,
    atMs: at,
    ...(lasts === undefined ? {} : { forMs: lasts }),
    ...(every === undefined ? {} : { everyMs: every }),
    ...(times === undefined ? {} : { times }),
    staggerMs: stagger,
  }))
  .readonly()

export type FaultSettings = z.output<typeof faultSchema>
export type FaultEntry = z.output<typeof faultEntrySchema>
