import { z } from 'zod'
import { type FaultEntry, faultEntrySchema, faultSchema } from './fault-entry.ts'
import { systemSchema } from './system.ts'
import { targetSchema } from './target.ts'
import { timelineIssues } from './timeline-issues.ts'

/**
 * An experiment: what to break, in which system, under what traffic, and what must hold. Files in
 * `experiments/` export one each; YAML with the same keys reads the same. Unknown keys are errors:
 * a key misspelt must not be a key ignored.
 */
const probes = z
  .strictObject({
    ratePerSecond: z
      .number()
      .int()
      .min(10)
      .max(1000)
      .default(100)
      .describe('at least 10, so that each bin of 100 ms has a probe'),
    deadlineMs: z.number().int().min(10).max(60_000).default(1000),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']).default('GET'),
    path: z.string().startsWith('/').optional().describe('joined to the entry URL'),
    body: z.string().optional(),
    headers: z.record(z.string(), z.string()).default({}),
    expect: z
      .strictObject({
        status: z
          .array(z.number().int().min(100).max(599))
          .optional()
          .describe('statuses that count as good; without it 200–399'),
        bodyIncludes: z.string().optional().describe('text that a good body contains'),
      })
      .prefault({}),
  })
  .readonly()

/** What an experiment that says nothing of its probes has. */
export const defaultProbes = probes.parse({})

const load = z
  .strictObject({
    ratePerSecond: z.number().int().min(0).max(100_000).default(100).describe('0 turns the load off'),
    connections: z.number().int().min(1).max(1000).default(10),
  })
  .readonly()

const timing = z
  .strictObject({
    warmUpMs: z.number().int().min(0).max(60_000).default(1500).describe('traffic flows, nothing is judged'),
    baselineMs: z
      .number()
      .int()
      .min(1000)
      .max(120_000)
      .default(5000)
      .describe('what "steady" means is measured here; it must be clean'),
    holdMs: z
      .number()
      .int()
      .min(100)
      .max(900_000)
      .default(6000)
      .describe('the faults’ time: what lasts to its end is undone then'),
    recoveryMs: z.number().int().min(1000).max(900_000).default(9000).describe('watched after the undoing'),
    steadyWindowMs: z
      .number()
      .int()
      .min(5000)
      .max(300_000)
      .default(5000)
      .describe('W: how long all must be well to count as recovered'),
  })
  .readonly()

const steadyState = z
  .strictObject({
    minSuccess: z.number().min(0).max(1).default(0.999).describe('share of probes that must be good, 0..1'),
    maxP99Ms: z.number().positive().default(250).describe('upper limit of the probes’ p99, in ms'),
  })
  .readonly()

export const experimentSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be of lower-case letters, digits and dashes')
      .describe('its name, and that of its results’ folder'),
    title: z.string().describe('what happens, in a sentence'),
    shows: z.string().describe('what the outcome shows, whichever it is'),
    expected: z.string().describe('the outcome that the textbook expects'),
    keepOnly: z
      .strictObject({ tier: z.string(), count: z.number().int().min(1) })
      .optional()
      .describe(
        'run the system with fewer containers than its file says: of this tier keep `count`, chosen from the seed',
      ),
    system: systemSchema
      .optional()
      .describe(
        'the system that it is for, instead of the reference system or the configuration’s; `-f` on the command line wins',
      ),
    requests: z
      .literal('past-target')
      .optional()
      .describe(
        'the target is behind what the clients ask for, as a control plane is: that it was struck need not show in their answers',
      ),
    target: targetSchema
      .optional()
      .describe('whom `fault` strikes, and those of `faults` that have no target of their own'),
    fault: faultSchema
      .optional()
      .describe('one fault, from the beginning of the hold to its end: short for `faults` with this alone'),
    faults: z
      .array(faultEntrySchema)
      .min(1)
      .max(50)
      .optional()
      .describe('several faults, or one that comes and goes'),
    timing: timing.prefault({}).describe('how long each phase lasts, in ms'),
    probes: probes.prefault({}).describe('the requests that everything is measured by'),
    load: load.prefault({}).describe('the traffic that keeps the system busy'),
    steadyState: steadyState.prefault({}).describe('what the system must be like before anything is broken'),
    slos: z.array(z.string()).min(1).describe('one rule a line, e.g. `error_window_ms max < 2500`'),
  })
  .superRefine((experiment, { addIssue }) => {
    for (const issue of timelineIssues(experiment)) addIssue({ code: 'custom', ...issue })
  })
  .transform(({ fault, faults, ...rest }) => ({ ...rest, faults: entriesOf(fault, faults) }))
  .readonly()

function entriesOf(
  fault: z.output<typeof faultSchema> | undefined,
  faults: readonly FaultEntry[] | undefined,
): readonly FaultEntry[] {
  return faults ?? (fault ? [{ fault, atMs: 0, staggerMs: 0 }] : [])
}

export type Experiment = z.output<typeof experimentSchema>
export type ExperimentInput = z.input<typeof experimentSchema>
export type { FaultEntry, FaultSettings } from './fault-entry.ts'
export type { Selector, Target } from './target.ts'
export type ProbeSettings = z.output<typeof probes>
export type LoadSettings = z.output<typeof load>
export type Timing = z.output<typeof timing>
export type SteadyState = z.output<typeof steadyState>

/** Types an experiment file; the same checks run again when it is loaded. */
export function defineExperiment(experiment: ExperimentInput): ExperimentInput {
  return experiment
}
