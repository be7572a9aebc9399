import { rm } from 'node:fs/promises'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { RunProgram } from './program.ts'

/** The root of the repository that a folder lies in; `undefined` if in none, or git is not installed. */
export async function repositoryRoot(folder: string, run: RunProgram): Promise<string | undefined> {
  const asked = await git(folder, ['rev-parse', '--show-toplevel'], run)
  return asked.ok ? asked.output.trim() : undefined
}

/** The whole id of the commit that a name means; `undefined` if it means none. */
export async function commitOf(root: string, ref: string, run: RunProgram): Promise<string | undefined> {
  const asked = await git(
    root,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
    run,
  )
  return asked.ok ? asked.output.trim() : undefined
}

/** Puts the files of a commit into a folder that is there and empty. Errors: BASELINE_UNUSABLE. */
export async function exportCommit(
  root: string,
  commit: string,
  folder: string,
  run: RunProgram,
): Promise<void> {
  const archive = `${folder}.tar`
  try {
    const steps = [
      () => git(root, ['archive', '--format=tar', '-o', archive, commit], run),
      () => run({ command: 'tar', args: ['-xf', archive, '-C', folder], cwd: root }),
    ]
    for (const step of steps) {
      const end = await step()
      if (!end.ok)
        throw new ZonefallError(
          'BASELINE_UNUSABLE',
          `The files of ${commit.slice(0, 12)} cannot be had: ${end.why}`,
        )
    }
  } finally {
    await rm(archive, { force: true })
  }
}

function git(cwd: string, args: readonly string[], run: RunProgram) {
  return run({ command: 'git', args, cwd })
}
