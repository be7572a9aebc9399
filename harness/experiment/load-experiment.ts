import { existsSync, statSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { closest } from 'fastest-levenshtein'
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'
import { checkExperiment } from './check-experiment.ts'
import type { Experiment } from './experiment.ts'
import type { Problem } from './problems.ts'
import { placedSystem } from './system.ts'

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
  return check(module.default, file, () => undefined)
}

async function loadYaml(file: string): Promise<Experiment> {
  const lines = new LineCounter()
  const document = parseDocument(await readFile(file, 'utf8'), { lineCounter: lines })
  if (document.errors.length > 0) {
    const texts = document.errors.map(({ message }) => `${file}: ${message}`)
    throw refusal(
      file,
      texts.map(text => ({ text, code: 'EXPERIMENT_INVALID' })),
    )
  }
  return check(document.toJS(), file, path => {
    const offset = offsetOf(document, path)
    return offset === undefined ? undefined : lines.linePos(offset).line
  })
}

/** Of the deepest part of the path that the file really has, its key if it has one: what is missing is missing from there. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true)
    const step = path[depth - 1]
    const key = isMap(parent)
      ? parent.items.find(item => isScalar(item.key) && item.key.value === step)?.key
      : undefined
    const node = key ?? document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return document.contents?.range?.[0]
}

function check(
  value: unknown,
  file: string,
  lineOf: (path: readonly PropertyKey[]) => number | undefined,
): Experiment {
  const checked = checkExperiment(value)
  if ('experiment' in checked) {
    const { experiment } = checked
    return experiment.system ? { ...experiment, system: placedSystem(experiment.system, file) } : experiment
  }
  const placed = checked.problems
    .map(problem => ({ problem, line: lineOf(problem.path) }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
  throw refusal(
    file,
    placed.map(({ problem, line }) => ({
      ...problem,
      text: `${line === undefined ? file : `${file}:${line}`}: ${problem.text}`,
    })),
  )
}

/** One line for one problem; of several, a line each. */
function refusal(file: string, problems: readonly Omit<Problem, 'path'>[]): ZonefallError {
  const [first, ...others] = problems
  if (!first) return new ZonefallError('EXPERIMENT_INVALID', `${file} is not an experiment.`)
  const { code, text, advice } = first
  if (others.length === 0) return new ZonefallError(code, text, advice === undefined ? {} : { advice })
  const lines = problems.map(problem => `  ${problem.text}\n`)
  return new ZonefallError(
    'EXPERIMENT_INVALID',
    `${file} has ${problems.length} mistakes:\n${lines.join('')}`,
  )
}
