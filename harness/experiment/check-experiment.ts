import { findFault } from '../faults/catalogue.ts'
import { parseSlo } from '../verdict/slo.ts'
import { type Experiment, experimentSchema, type FaultSettings } from './experiment.ts'
import { type Problem, problemsIn, readPart } from './problems.ts'

export type Checked = { readonly experiment: Experiment } | { readonly problems: readonly Problem[] }

/**
 * Finds all that is wrong, not only the first: rules and faults are looked at whatever else is wrong. What is right
 * comes with every default filled in, those of its faults too.
 */
export function checkExperiment(value: unknown): Checked {
  const parsed = experimentSchema.safeParse(value)
  const problems = parsed.success ? [] : problemsIn(parsed.error.issues, experimentSchema)
  for (const { path, slo } of slosOf(value)) readPart(path, () => parseSlo(slo), problems)
  const faults = faultsOf(value).map(({ path, fault }) => checkFault(path, fault, problems))
  if (!parsed.success || problems.length > 0) return { problems }
  const entries = parsed.data.faults.map((entry, index) => ({
    ...entry,
    fault: faults[index] ?? entry.fault,
  }))
  problems.push(...rollOutProblems(entries))
  return problems.length > 0 ? { problems } : { experiment: { ...parsed.data, faults: entries } }
}

/** A roll-out takes its own time. */
function rollOutProblems(entries: Experiment['faults']): Problem[] {
  return entries.flatMap(({ fault: { kind, ...parameters }, everyMs, staggerMs }, index) => {
    if (findFault(kind).rollOut?.(parameters) === undefined) return []
    const key = everyMs !== undefined ? 'every' : staggerMs > 0 ? 'stagger' : undefined
    if (key === undefined) return []
    const text = `faults.${index}.${key}: a ${kind} goes on when the one before is ready, not by the clock`
    return [{ path: ['faults', index, key], text, code: 'EXPERIMENT_INVALID' }]
  })
}

interface Placed {
  readonly path: readonly PropertyKey[]
  readonly fault: Readonly<Record<string, unknown>>
}

/** Those whose kind can be read, as they are written. */
function faultsOf(value: unknown): Placed[] {
  const { fault, faults } = asRecord(value)
  const placed = [
    { path: ['fault'], fault: asRecord(fault) },
    ...asList(faults).map((entry, index) => ({
      path: ['faults', index, 'fault'],
      fault: asRecord(asRecord(entry)['fault']),
    })),
  ]
  return placed.filter(({ fault: { kind } }) => typeof kind === 'string')
}

function checkFault(
  path: readonly PropertyKey[],
  { kind, ...given }: Placed['fault'],
  problems: Problem[],
): FaultSettings | undefined {
  const fault = readPart([...path, 'kind'], () => findFault(String(kind)), problems)
  if (!fault) return undefined
  const parsed = fault.parameters.safeParse(given)
  if (parsed.success) return { kind: fault.kind, ...(parsed.data as object) }
  problems.push(...problemsIn(parsed.error.issues, fault.parameters, path))
  return undefined
}

function slosOf(value: unknown): { readonly path: readonly PropertyKey[]; readonly slo: string }[] {
  return asList(asRecord(value)['slos']).flatMap((slo, index) =>
    typeof slo === 'string' ? [{ path: ['slos', index], slo }] : [],
  )
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
