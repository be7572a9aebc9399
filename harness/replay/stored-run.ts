import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Analysis, analyse } from '../analysis/analyse.ts'
import { probesOf } from '../analysis/probes.ts'
import { isAuditFolder } from '../audit/audit-record.ts'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { isGateFolder } from '../gate/gate-record.ts'
import { readEvents } from '../history/event-log.ts'
import { readProbes } from '../history/sample-file.ts'
import type { Manifest } from '../results/manifest.ts'
import { errorCurveOf } from './error-curve.ts'
import type { ComparedTrial } from './likeness.ts'

/** A trial that was carried to its end and is valid: it can be had again, and compared with. */
export interface StoredTrial extends ComparedTrial {
  readonly name: string
  readonly manifest: Manifest
  readonly analysis: Analysis
  /** Names of the containers that there were when it began. */
  readonly containers: readonly string[]
}

export interface StoredRun {
  readonly path: string
  readonly trials: readonly [StoredTrial, ...StoredTrial[]]
  /** What else the folder holds, and why it is left out: a sentence for each. */
  readonly leftOut: readonly string[]
}

/** What a replay rests on; all else is taken as it is. */
const manifestSchema = z.looseObject({
  schema: z.literal(1),
  rerun: z.string(),
  plan: z.looseObject({
    experiment: z.string(),
    seed: z.number(),
    url: z.string(),
    fault: z.looseObject({ kind: z.string() }),
    target: z.looseObject({ id: z.string(), name: z.string() }),
    peers: z.array(z.looseObject({ id: z.string(), name: z.string() })),
    timing: z.looseObject({ holdMs: z.number(), recoveryMs: z.number() }),
    phaseMs: z.number(),
    probes: z.looseObject({ ratePerSecond: z.number().positive() }),
    instanceHeader: z.string(),
    slos: z.array(z.string()),
  }),
  system: z.looseObject({ project: z.string(), file: z.string(), resolvedSha256: z.string() }),
})

/** Reads, and changes nothing. Errors: RESULTS_UNREADABLE, NOTHING_TO_REPLAY. */
export async function readStoredRun(path: string): Promise<StoredRun> {
  requireOneRun(path)
  const trials: StoredTrial[] = []
  const leftOut: string[] = []
  for (const name of await trialNames(path)) {
    const read = await readTrial(join(path, name), name)
    if (typeof read === 'string') leftOut.push(read)
    else trials.push(read)
  }
  const [first, ...others] = trials
  if (!first) {
    throw new ZonefallError(
      'NOTHING_TO_REPLAY',
      `Of ${path} there is nothing to have again: ${leftOut.join(' ')}`,
    )
  }
  return { path, trials: [first, ...others], leftOut }
}

function requireOneRun(path: string): void {
  const many = isAuditFolder(path)
    ? 'an audit: one of its cells'
    : isGateFolder(path)
      ? 'a gate: one of its sides'
      : undefined
  if (many === undefined) return
  throw new ZonefallError(
    'RESULTS_UNREADABLE',
    `${path} is ${many} can be replayed, not all of them at once.`,
    {
      advice: 'Give the folder in it that holds trial-1.',
    },
  )
}

async function trialNames(path: string): Promise<string[]> {
  const names = await readdir(path).catch((error: unknown) => {
    throw unreadable(`${path} cannot be read`, error)
  })
  const numbers = names.flatMap(name => /^trial-(\d+)$/.exec(name)?.[1] ?? []).map(Number)
  if (numbers.length === 0)
    throw new ZonefallError('RESULTS_UNREADABLE', `${path} holds no trial that was begun.`)
  return numbers.sort((a, b) => a - b).map(number => `trial-${number}`)
}

/** A sentence instead of a trial: why it is left out. Errors: RESULTS_UNREADABLE, if its files are damaged. */
async function readTrial(path: string, name: string): Promise<StoredTrial | string> {
  const manifest = await readManifest(path)
  if (!existsSync(join(path, 'events.ndjson'))) return `${name} was interrupted before it began.`
  const [events, samples] = await Promise.all([
    readEvents(join(path, 'events.ndjson')),
    readProbes(join(path, 'samples.bin')),
  ]).catch((error: unknown) => {
    throw unreadable(`${path} is damaged`, error)
  })
  if (!events.some(event => event.type === 'phase' && event.phase === 'done'))
    return `${name} was interrupted.`
  const history = { plan: manifest.plan, events, samples }
  const analysis = analyse(history)
  if (analysis.validity.status === 'invalid')
    return `${name} is invalid: ${analysis.validity.reasons.map(({ text }) => text).join(' ')}`
  const curve = errorCurveOf(history, probesOf(samples), analysis)
  if (!curve) return `${name} broke nothing.`
  return {
    name,
    manifest,
    analysis,
    curve,
    bracketMs: bracketMsOf(analysis),
    containers: await logNames(path),
  }
}

export function bracketMsOf({ metrics }: Analysis): number | null {
  const window = metrics.error_window_ms.value
  return window && window.upper - window.lower
}

async function readManifest(path: string): Promise<Manifest> {
  const file = join(path, 'manifest.json')
  const value = await readFile(file, 'utf8')
    .then(text => JSON.parse(text) as unknown)
    .catch((error: unknown) => {
      throw unreadable(`${path} has no readable manifest`, error)
    })
  const parsed = manifestSchema.safeParse(value)
  if (parsed.success) return value as Manifest
  const [issue] = parsed.error.issues
  throw unreadable(`${file} is damaged`, new Error(`${issue?.path.join('.')}: ${issue?.message}`))
}

/** Each container that there was at the beginning has a log. */
async function logNames(path: string): Promise<string[]> {
  const names = await readdir(join(path, 'logs')).catch((error: unknown) => {
    throw unreadable(`${path} is damaged`, error)
  })
  return names.filter(name => name.endsWith('.log')).map(name => name.slice(0, -'.log'.length))
}

function unreadable(what: string, cause: unknown): ZonefallError {
  return new ZonefallError('RESULTS_UNREADABLE', `${what}: ${messageOf(cause)}`, { cause })
}
