import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExperimentPlan } from '../plan/make-plan.ts'
import { type ComposeProject, readComposeProject } from '../system/compose-config.ts'
import { nameSide } from './name-side.ts'
import { type Preparation, prepareTree } from './prepare-tree.ts'
import { buildSide, planSideImages, type SideName, withSideImages } from './side-images.ts'
import { openBaseline, type Tree, treeOf } from './tree.ts'
import type { Workspace } from './workspace.ts'

/** One side, ready to be brought up. */
export interface Side {
  readonly project: ComposeProject
  readonly plan: ExperimentPlan
}

export interface SidesRequest {
  /** A directory or a commit, as it was given. */
  readonly given: string
  readonly cwd: string
  /** The candidate, whose name both sides run under: one lock, and never both at a time. */
  readonly project: ComposeProject
  readonly referenceFile: string
  readonly preparation: Preparation
  readonly plan: (project: ComposeProject) => ExperimentPlan
  readonly workspace: Workspace
  readonly remark: (text: string) => void
}

export interface Sides extends Readonly<Record<SideName, Side>> {
  /** The base's name for people. */
  readonly baseline: string
}

/** Finds the base, plans both sides, prepares their trees and builds their images. Errors: those of its steps. */
export async function openSides(request: SidesRequest): Promise<Sides> {
  const { project, workspace, plan } = request
  const { run } = workspace
  const candidate = await treeOf(project.file, run)
  const base = await openBaseline({ ...request, candidate, run, exportTo: join(workspace.folder, 'base') })
  const baseProject = await readComposeProject(
    base.composeFile,
    request.referenceFile,
    project.environment,
  ).catch(nameSide('base'))
  const planned = {
    base: { tree: base, project: { ...baseProject, name: project.name } },
    candidate: { tree: candidate, project },
  }
  const plans = {
    base: await Promise.resolve(planned.base.project).then(plan).catch(nameSide('base')),
    candidate: plan(project),
  }
  return {
    baseline: base.told,
    base: { plan: plans.base, project: await readyToRun('base', planned.base, request) },
    candidate: {
      plan: plans.candidate,
      project: await readyToRun('candidate', planned.candidate, request),
    },
  }
}

/** A system that builds nothing needs neither preparation nor images of its own. */
async function readyToRun(
  side: SideName,
  { tree, project }: { tree: Tree; project: ComposeProject },
  { preparation, workspace, remark }: SidesRequest,
): Promise<ComposeProject> {
  const images = planSideImages(project, side)
  const names = [...new Set(Object.values(images))]
  if (preparation.kind === 'shell' || names.length > 0) {
    if (preparation.kind !== 'none') remark(`Preparing the ${side}.`)
    await prepareTree(side, tree, preparation, workspace.run)
  }
  if (names.length === 0) return project
  for (const name of names) await workspace.willBuild(name)
  const folder = join(workspace.folder, `${side}-images`)
  await mkdir(folder)
  const ready = await withSideImages(project, images, join(folder, 'override.json'))
  remark(`Building the ${side}: ${names.length} image${names.length === 1 ? '' : 's'}.`)
  await buildSide(side, ready, workspace.run)
  return ready
}
