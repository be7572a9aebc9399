import { join } from 'node:path'
import { ZonefallError } from '../errors/zonefall-error.ts'
import type { RunProgram } from './program.ts'
import { indented, type SideName } from './side-images.ts'
import type { Tree } from './tree.ts'

/** What a side's files need before its images can be built. */
export type Preparation =
  | { readonly kind: 'none' }
  | { readonly kind: 'shell'; readonly line: string }
  /** The reference system's: its images hold bundles of its services. The candidate's script, for both sides. */
  | { readonly kind: 'bundle'; readonly packageRoot: string }

/** Runs in the root of the side's tree. Errors: BUILD_FAILED, with the last lines. */
export async function prepareTree(
  side: SideName,
  { root }: Tree,
  preparation: Preparation,
  run: RunProgram,
): Promise<void> {
  if (preparation.kind === 'none') return
  const program =
    preparation.kind === 'shell'
      ? { command: preparation.line }
      : {
          command: process.execPath,
          args: [join(preparation.packageRoot, 'scripts', 'bundle.mjs'), root],
        }
  const end = await run({ ...program, cwd: root })
  if (!end.ok)
    throw new ZonefallError('BUILD_FAILED', `The ${side} cannot be prepared:\n${indented(end.why)}\n`)
}
