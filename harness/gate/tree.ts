import { existsSync, statSync } from 'node:fs'
import { mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { commitOf, exportCommit, repositoryRoot } from './git.ts'
import type { RunProgram } from './program.ts'

/** One side's files: a checkout, or what was exported of a commit. */
export interface Tree {
  readonly root: string
  readonly composeFile: string
  /** For people, and for who reads the verdict later: `v1.2 (0b1d24f7a3c1)`, or the directory as it was given. */
  readonly told: string
}

/** The tree that a Compose file lies in: its repository, or its folder where there is none. */
export async function treeOf(composeFile: string, run: RunProgram): Promise<Tree> {
  const file = await realpath(composeFile)
  const root = (await repositoryRoot(dirname(file), run)) ?? dirname(file)
  return { root, composeFile: file, told: 'this tree' }
}

export interface BaselineRequest {
  /** A directory, or what git knows as a commit. */
  readonly given: string
  readonly cwd: string
  readonly candidate: Tree
  /** Where a commit's files are to be put; there is nothing yet. */
  readonly exportTo: string
  readonly run: RunProgram
}

/** A directory if there is one of that name, else a commit of the candidate's repository. Errors: BASELINE_UNUSABLE. */
export async function openBaseline(request: BaselineRequest): Promise<Tree> {
  const { given, cwd, candidate, exportTo, run } = request
  const directory = resolve(cwd, given)
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    return { root: directory, composeFile: composeFileIn(directory, given, candidate), told: given }
  }
  if ((await repositoryRoot(candidate.root, run)) === undefined) {
    const what = `\`${given}\` is no directory, and ${candidate.root} is no git repository that could have a commit of that name.`
    throw new ZonefallError('BASELINE_UNUSABLE', what)
  }
  const commit = await commitOf(candidate.root, given, run)
  if (commit === undefined) {
    const what = `\`${given}\` is neither a directory nor a commit, branch or tag of ${candidate.root}.`
    throw new ZonefallError('BASELINE_UNUSABLE', what)
  }
  await mkdir(exportTo)
  await exportCommit(candidate.root, commit, exportTo, run)
  const told = commit.startsWith(given) ? commit.slice(0, 12) : `${given} (${commit.slice(0, 12)})`
  return { root: exportTo, composeFile: composeFileIn(exportTo, told, candidate), told }
}

/** The same place as in the candidate's tree; in a directory, the Compose file right in it will do too. */
function composeFileIn(root: string, told: string, candidate: Tree): string {
  const place = relative(candidate.root, candidate.composeFile)
  const found = [place, basename(place), 'docker-compose.yml', 'compose.yaml']
    .map(name => join(root, name))
    .find(existsSync)
  if (found) return found
  throw new ZonefallError(
    'BASELINE_UNUSABLE',
    `${told} has no Compose file: neither ${place} nor ${basename(place)}.`,
  )
}
