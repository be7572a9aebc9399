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
    /** At least 10, so that each bin of 100 ms has a probe. */
    ratePerSecond: z.number().int().min(10).max(1000).default(100),
    deadlineMs: z.number().int().min(10).max(60_000).default(1000),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']).default('GET'),
    /** Joined to the entry URL. */
    path: z.string().startsWith('/').optional(),
    body: z.string().optional(),
    headers: z.record(z.string(), z.string()).default({}),
    expect: z
      .strictObject({
        /** Statuses that count as good; without it 200–399. */
        status: z.array(z.number().int().min(100).max(599)).optional(),
        /** Text that a good body contains. */
        bodyIncludes: z.string().optional(),
      })
      .prefault({}),
  })
  .readonly()

/** What an experiment that says nothing of its probes has. */
export const defaultProbes = probes.parse({})

const load = z
  .strictObject({
    /** 0 turns the load off. */
    ratePerSecond: z.number().int().min(0).max(100_000).default(100),
    connections: z.number().int().min(1).max(1000).default(10),
  })
  .readonly()

const timing = z
  .strictObject({
    /** Traffic flows, nothing is judged. */
    warmUpMs: z.number().int().min(0).max(60_000).default(1500),
    /** What "steady" means is measured here; it must be clean. */
    baselineMs: z.number().int().min(1000).max(120_000).default(5000),
    /** From the fault to its undoing. */
    holdMs: z.number().int().min(100).max(900_000).default(6000),
    /** Watched after the undoing. */
    recoveryMs: z.number().int().min(1000).max(900_000).default(9000),
    /** W: how long all must be well to count as recovered. */
    steadyWindowMs: z.number().int().min(5000).max(300_000).default(5000),
  })
  .readonly()

const steadyState = z
  .strictObject({
    /** Share of probes that must be good, 0..1. */
    minSuccess: z.number().min(0).max(1).default(0.999),
    /** Upper limit of the probes' p99, in ms. */
    maxP99Ms: z.number().positive().default(250),
  })
  .readonly()

export const experimentSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and dashes'),
    title: z.string(),
    /** What the outcome shows, whichever it is. */
    shows: z.string(),
    /** The outcome that the textbook expects. */
    expected: z.string(),
    /** Run the system with fewer containers than its file says: of this tier keep `count`, chosen from the seed. */
    keepOnly: z.strictObject({ tier: z.string(), count: z.number().int().min(1) }).optional(),
    /** The system that it is for, instead of the reference system or the configuration’s; `-f` on the command line wins. */
    system: systemSchema.optional(),
    /** The target is behind what the clients ask for, as a control plane is: that it was struck need not show in their answers. */
    requests: z.literal('past-target').optional(),
    /** Whom `fault` strikes, and those of `faults` that have no target of their own. */
    target: targetSchema.optional(),
    /** One fault, from the beginning of the hold to its end: short for `faults` with this alone. */
    fault: faultSchema.optional(),
    /** Several faults, or one that comes and goes. */
    faults: z.array(faultEntrySchema).min(1).max(50).optional(),
    timing: timing.prefault({}),
    probes: probes.prefault({}),
    load: load.prefault({}),
    steadyState: steadyState.prefault({}),
    /** One rule a line, e.g. `error_window_ms max < 2500`. */
    slos: z.array(z.string()).min(1),
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
