import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContainerState } from '../docker/containers.ts'
import type { Engine } from '../docker/engine.ts'
import { messageOf } from '../errors/zonefall-error.ts'
import { writeFailure } from '../history/write-failure.ts'

/** A container that somebody removed has no log any more; that is worth a line, not a failed trial. */
export async function saveLogs(
  containers: readonly ContainerState[],
  engine: Pick<Engine, 'containers'>,
  folder: string,
): Promise<void> {
  await Promise.all(
    containers.map(async ({ name }) => {
      const text = await engine.containers
        .logs(name, 'all') // by its name, which whatever stands in its place now has too
        .catch((error: unknown) => `(its log could not be read: ${messageOf(error)})\n`)
      const path = join(folder, 'logs', `${name}.log`)
      await writeFile(path, text).catch((error: unknown) => {
        throw writeFailure(path, error)
      })
    }),
  )
}
