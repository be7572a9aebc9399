import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ComposeProject } from '../system/compose-config.ts'
import { entryUrl, planEntry } from '../system/entry-point.ts'
import { pinPorts, portsOverride } from '../system/pinned-ports.ts'
import { bringUp } from '../system/system.ts'
import type { UndoJournal } from '../undo/journal.ts'
import { makeFolder, newFolderPath, removeMadeFolder } from '../undo/made-folder.ts'
import type { SystemRequest } from './with-system.ts'

/** Brings the system up with ports that stay; resolves with the address of its entry point. */
export async function bringUpPinned(
  { project, dropped, engine, url, overlay, journalPath, signal }: SystemRequest,
  journal: UndoJournal,
): Promise<URL> {
  const pinned = await pinPorts(project)
  const overlays = [...(pinned.length > 0 ? [portsOverride(pinned)] : []), ...(overlay ? [overlay] : [])]
  const containers = await withOverrides(
    project,
    overlays,
    { folder: dirname(journalPath), journal },
    system => bringUp(system, dropped, engine, signal),
  )
  return (
    url ??
    entryUrl(
      containers,
      planEntry(project),
      pinned.map(({ hostPort }) => hostPort),
    )
  )
}

/** Compose reads the file while it brings the system up, and needs it no more after that. */
async function withOverrides<T>(
  project: ComposeProject,
  texts: readonly string[],
  place: { readonly folder: string; readonly journal: UndoJournal },
  use: (project: ComposeProject) => Promise<T>,
): Promise<T> {
  if (texts.length === 0) return use(project)
  const path = newFolderPath(place.folder)
  const entry = await place.journal.record({ kind: 'remove-folder', path })
  await makeFolder(path)
  const overrides: string[] = []
  for (const [index, text] of texts.entries()) {
    const override = join(path, `override-${index + 1}.json`)
    await writeFile(override, text)
    overrides.push(override)
  }
  const result = await use({ ...project, overrides: [...(project.overrides ?? []), ...overrides] })
  await removeMadeFolder(path)
  await place.journal.settle(entry)
  return result
}
