import { existsSync, statSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { closest } from 'fastest-levenshtein'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { findFault } from '../faults/catalogue.ts'
import { parseSlo } from '../verdict/slo.ts'
import { type Experiment, experimentSchema } from './experiment.ts'

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs', '.yaml', '.yml']

/** Loads by name from the library, or by path. Errors: EXPERIMENT_UNKNOWN, EXPERIMENT_INVALID, FAULT_UNKNOWN, SLO_INVALID. */
export async function loadExperiment(nameOrPath: string, library: string): Promise<Experiment> {
  const file = await findFile(nameOrPath, library)
  return extname(file).startsWith('.y') ? await loadYaml(file) : await loadModule(file)
}

/** Names of the library's experiments, in order. */
async function listExperiments(library: string): Promise<string[]> {
  const files = await readdir(library)
  return files
    .filter(file => EXTENSIONS.includes(extname(file)) && !file.includes('.test.'))
    .map(file => basename(file, extname(file)))
    .sort()
}

async function findFile(nameOrPath: string, library: string): Promise<string> {
  if (EXTENSIONS.includes(extname(nameOrPath)) || nameOrPath.includes('/')) {
    if (existsSync(nameOrPath) && statSync(nameOrPath).isFile()) return resolve(nameOrPath)
    throw new ZonefallError('EXPERIMENT_UNKNOWN', `There is no experiment file at ${nameOrPath}.`)
  }
  const found = EXTENSIONS.map(extension => join(library, nameOrPath + extension)).find(existsSync)
  if (found) return found
  const names = await listExperiments(library)
  const nearest = names.length > 0 ? ` Did you mean \`${closest(nameOrPath, names)}\`?` : ''
  throw new ZonefallError(
    'EXPERIMENT_UNKNOWN',
    `There is no experiment \`${nameOrPath}\`.${nearest} There are: ${names.join(', ')}.`,
  )
}

async function loadModule(file: string): Promise<Experiment> {
  const module = (await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw new ZonefallError('EXPERIMENT_INVALID', `${file} cannot be loaded: ${messageOf(error)}`, {
      cause: error,
    })
  })) as { default?: unknown }
  return check(module.default, file, () => file)
}

async function loadYaml(file: string): Promise<Experiment> {
  const lines = new LineCounter()
  const document = parseDocument(await readFile(file, 'utf8'), { lineCounter: lines })
  const [syntax] = document.errors
  if (syntax) throw new ZonefallError('EXPERIMENT_INVALID', `${file}: ${syntax.message}`)
  return check(document.toJS(), file, path => {
    // The deepest node on the path that the file really has: a missing key is reported at its parent.
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const node = document.getIn(path.slice(0, depth), true) as
        | { range?: [number, number, number] }
        | undefined
      if (node?.range) return `${file}:${lines.linePos(node.range[0]).line}`
    }
    return file
  })
}

function check(value: unknown, file: string, whereIs: (path: PropertyKey[]) => string): Experiment {
  const refuse = ([issue]: z.core.$ZodIssue[]) =>
    new ZonefallError(
      'EXPERIMENT_INVALID',
      issue ? `${whereIs(issue.path)}: ${explain(issue)}` : `${file} is not an experiment.`,
    )
  const parsed = experimentSchema.safeParse(value)
  if (!parsed.success) throw refuse(parsed.error.issues)
  const { kind, ...given } = parsed.data.fault
  for (const [index, slo] of parsed.data.slos.entries()) placed(whereIs(['slos', index]), () => parseSlo(slo))
  const fault = placed(whereIs(['fault', 'kind']), () => findFault(kind))
  const parameters = fault.parameters.safeParse(given)
  if (!parameters.success)
    throw refuse(parameters.error.issues.map(issue => ({ ...issue, path: ['fault', ...issue.path] })))
  return { ...parsed.data, fault: { kind, ...(parameters.data as object) } }
}

/** Says in which line of which file it is wrong. */
function placed<T>(where: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ZonefallError)) throw error
    throw new ZonefallError(error.code, `${where}: ${error.message}`, { cause: error, advice: error.advice })
  }
}

function explain(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.')
  return path === '' ? issue.message : `${path}: ${issue.message}`
}
