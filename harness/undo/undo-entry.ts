import { isAbsolute, normalize } from 'node:path'
import { z } from 'zod'
import { isGone } from '../docker/containers.ts'
import type { Engine } from '../docker/engine.ts'
import { clearNetwork } from '../faults/network/clear.ts'
import { CLOCK, healElsewhere, OPEN_FILES, SLOW_DISK } from '../faults/resources/heal-elsewhere.ts'
import { releaseStaleLock } from '../state/lock.ts'
import { endProgram } from './end-program.ts'
import { isMadeFolderPath, removeMadeFolder } from './made-folder.ts'

/**
 * How to undo one thing, as data: it is on disk before the thing is done, and anyone (the run itself,
 * the watchdog, `zonefall cleanup` days later) can carry it out, any number of times.
 */
export const undoEntrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('remove-project'), project: z.string() }),
  z.strictObject({ kind: z.literal('start-container'), id: z.string(), name: z.string() }),
  z.strictObject({ kind: z.literal('unpause-container'), id: z.string(), name: z.string() }),
  z.strictObject({
    kind: z.literal('limit-memory'),
    id: z.string(),
    name: z.string(),
    limits: z.strictObject({ memory: z.number(), withSwap: z.number() }),
  }),
  z.strictObject({
    kind: z.literal('limit-cpu'),
    id: z.string(),
    name: z.string(),
    limits: z.strictObject({ nanoCpus: z.number(), quota: z.number(), period: z.number() }),
  }),
  z.strictObject({
    kind: z.enum(['limit-open-files', 'limit-disk']),
    id: z.string(),
    name: z.string(),
    project: z.string(),
    before: z.string().regex(/^[\w:/ ]*$/), // as resources/open-files.pl and slow-disk.pl say it
  }),
  z.strictObject({ kind: z.literal('true-clock'), id: z.string(), name: z.string(), project: z.string() }),
  z.strictObject({ kind: z.literal('put-in-place'), id: z.string(), name: z.string() }),
  z.strictObject({
    kind: z.literal('roll-back'),
    original: z.string(),
    replacement: z.string(),
    name: z.string(),
  }),
  z.strictObject({
    kind: z.literal('clear-network'),
    id: z.string(),
    name: z.string(),
    project: z.string(),
  }),
  z.strictObject({ kind: z.literal('remove-container'), id: z.string(), name: z.string() }),
  z.strictObject({ kind: z.literal('remove-folder'), path: z.string().refine(isMadeFolderPath) }),
  z.strictObject({ kind: z.literal('remove-image'), reference: z.string().startsWith('zonefall-gate/') }),
  z.strictObject({
    kind: z.literal('end-program'),
    name: z.string(),
    pid: z.int().min(2), // 0 and 1 would be our own group and everything
    started: z.string().nullable(),
  }),
  z.strictObject({ kind: z.literal('release-lock'), path: z.string().refine(isLockPath) }),
])

export type UndoEntry = z.output<typeof undoEntrySchema>

/** The part of the engine that undoing asks. */
export type UndoEngine = Pick<
  Engine,
  'containers' | 'removeProject' | 'removeImage' | 'armHelper' | 'standHelper'
>

/** Each has a time limit of its own, which no abort cancels. */
export const UNDO_LIMIT_MS = 30_000

export async function carryOut(entry: UndoEntry, engine: UndoEngine): Promise<void> {
  switch (entry.kind) {
    case 'remove-project':
      return engine.removeProject(entry.project)
    case 'start-container':
      // One that is gone, with its project or by somebody's hand, has nothing left to be healed.
      return engine.containers.start(entry.id).catch(error => {
        if (!isGone(error)) throw error
      })
    case 'unpause-container':
      return engine.containers.unpause(entry.id)
    case 'limit-memory':
      return engine.containers.limitMemory(entry.id, entry.limits)
    case 'limit-cpu':
      return engine.containers.limitCpu(entry.id, entry.limits)
    case 'limit-open-files':
      return healElsewhere(engine, entry, OPEN_FILES, entry.before)
    case 'limit-disk':
      return healElsewhere(engine, entry, SLOW_DISK, entry.before)
    case 'true-clock':
      return healElsewhere(engine, entry, CLOCK, '')
    case 'put-in-place':
      return engine.containers.putInPlace(entry.id, entry.name)
    case 'roll-back':
      return engine.containers.rollBack(entry)
    case 'clear-network':
      return clearNetwork(engine, entry)
    case 'remove-container':
      return engine.containers.remove(entry.id)
    case 'remove-folder':
      return removeMadeFolder(entry.path)
    case 'remove-image':
      return engine.removeImage(entry.reference)
    case 'end-program':
      return endProgram(entry)
    case 'release-lock':
      return releaseStaleLock(entry.path)
  }
}

export function describeUndo(entry: UndoEntry): string {
  switch (entry.kind) {
    case 'remove-project':
      return `remove the containers, networks and volumes of ${entry.project}`
    case 'start-container':
      return `start ${entry.name}`
    case 'unpause-container':
      return `unpause ${entry.name}`
    case 'limit-memory':
      return `give ${entry.name} its memory limit back`
    case 'limit-cpu':
      return `give ${entry.name} its CPU limit back`
    case 'limit-open-files':
      return `let ${entry.name} open as many files again`
    case 'limit-disk':
      return `let ${entry.name} use its disk as fast again`
    case 'true-clock':
      return `let ${entry.name} see the true time again`
    case 'put-in-place':
      return `put another container in the place of ${entry.name}`
    case 'roll-back':
      return `put ${entry.name} back in its place`
    case 'clear-network':
      return `take Zonefall’s rules out of the network of ${entry.name}`
    case 'remove-container':
      return `remove ${entry.name}`
    case 'remove-folder':
      return `remove the folder ${entry.path}`
    case 'remove-image':
      return `remove the image ${entry.reference}`
    case 'end-program':
      return `end ${entry.name} (process ${entry.pid})`
    case 'release-lock':
      return `remove the lock ${entry.path}`
  }
}

function isLockPath(path: string): boolean {
  return isAbsolute(path) && path === normalize(path) && path.endsWith('.lock')
}
