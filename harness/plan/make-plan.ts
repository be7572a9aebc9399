import type { ContainerState } from '../docker/containers.ts'
import type { Experiment, Selector } from '../experiment/experiment.ts'
import { findFault } from '../faults/catalogue.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import { type Choice, chooseTarget } from './choose-target.ts'
import { type LabelKeys, membersOf } from './members.ts'
import { randomFrom } from './random.ts'
import { resolveMember } from './resolve-members.ts'
import type { TrialPlan } from './trial-plan.ts'

/** What is decided before the system is there. */
export interface ExperimentPlan extends Choice {
  readonly experiment: Experiment
  readonly seed: number
  /** For each trial, how long after the baseline's end the fault comes: 0 ≤ phase < 1000 ms. */
  readonly phasesMs: readonly number[]
}

export interface PlanRequest {
  readonly experiment: Experiment
  readonly project: ComposeProject
  readonly keys: LabelKeys
  /** Overrides the experiment's own choice. */
  readonly target: Selector | undefined
  readonly trials: number
  readonly seed: number
}

/** The same request gives the same plan. Errors: NO_TARGET. */
export function makePlan({ experiment, project, keys, target, trials, seed }: PlanRequest): ExperimentPlan {
  const phases = randomFrom(seed, `${experiment.name}/phase`)
  const choice = chooseTarget({
    members: membersOf(project, keys),
    selector: target ?? experiment.target,
    tierIs: target ? 'meant-exactly' : 'meant-loosely',
    keepOnly: experiment.keepOnly,
    random: randomFrom(seed, `${experiment.name}/target`),
  })
  return { ...choice, experiment, seed, phasesMs: Array.from({ length: trials }, () => phases.below(1000)) }
}

/** Puts the running containers in for the planned members. */
export function planTrial(
  plan: ExperimentPlan,
  trial: number,
  system: { containers: readonly ContainerState[]; keys: LabelKeys; url: URL; instanceHeader: string },
): TrialPlan {
  const { experiment, seed } = plan
  return {
    experiment: experiment.name,
    trial,
    seed,
    url: system.url.href,
    fault: { ...experiment.fault, effect: findFault(experiment.fault.kind).effect },
    target: resolveMember(plan.target, system.containers, system.keys),
    peers: plan.peers.map(peer => resolveMember(peer, system.containers, system.keys)),
    timing: experiment.timing,
    phaseMs: plan.phasesMs[trial - 1] ?? 0,
    probes: experiment.probes,
    load: experiment.load,
    steadyState: experiment.steadyState,
    instanceHeader: system.instanceHeader,
    slos: experiment.slos,
  }
}
