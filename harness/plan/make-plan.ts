import type { ContainerState } from '../docker/containers.ts'
import type { Experiment, Selector } from '../experiment/experiment.ts'
import { findFault } from '../faults/catalogue.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import { type Choice, chooseTarget } from './choose-target.ts'
import { type LabelKeys, type Member, membersOf } from './members.ts'
import { randomFrom } from './random.ts'
import { resolveMember } from './resolve-members.ts'
import type { TrialPlan } from './trial-plan.ts'

/** What is decided before the system is there. */
export interface ExperimentPlan extends Choice {
  readonly experiment: Experiment
  readonly seed: number
  /** How many valid trials are wanted. Invalid ones are repeated, so that there may be more in all. */
  readonly trials: number
  /** For each trial that there may be, how long after the baseline's end the fault comes: 0 ≤ phase < 1000 ms. */
  readonly phasesMs: readonly number[]
}

export interface PlanRequest {
  readonly experiment: Experiment
  readonly project: ComposeProject
  readonly keys: LabelKeys
  /** Overrides the experiment's own choice. */
  readonly target: Selector | undefined
  readonly trials: number
  /** How many trials there may be in all, `trials` of them valid. */
  readonly mostTrials: number
  readonly seed: number
}

/** The same request gives the same plan. Errors: NO_TARGET. */
export function makePlan(request: PlanRequest): ExperimentPlan {
  const { experiment, project, keys, target, trials, mostTrials, seed } = request
  const phases = randomFrom(seed, `${experiment.name}/phase`)
  const choice = chooseTarget({
    members: membersOf(project, keys),
    selector: target ?? experiment.target,
    tierIs: target ? 'meant-exactly' : 'meant-loosely',
    keepOnly: experiment.keepOnly,
    random: randomFrom(seed, `${experiment.name}/target`),
  })
  const phasesMs = Array.from({ length: mostTrials }, () => phases.below(1000))
  return { ...choice, experiment, seed, trials, phasesMs }
}

/** In whose place the plan's fault leaves another container. */
export function replacedBy({ experiment, target }: ExperimentPlan): readonly Member[] {
  return findFault(experiment.fault.kind).leaves === undefined ? [] : [target]
}

/** Puts the running containers in for the planned members. */
export function planTrial(
  plan: ExperimentPlan,
  trial: number,
  system: { containers: readonly ContainerState[]; keys: LabelKeys; url: URL; instanceHeader: string },
): TrialPlan {
  const { experiment, seed } = plan
  const { kind, ...parameters } = experiment.fault
  const { effect, tells } = findFault(kind)
  return {
    experiment: experiment.name,
    trial,
    trials: plan.trials,
    seed,
    url: system.url.href,
    fault: { kind, parameters, effect: effect(parameters), tells },
    target: resolveMember(plan.target, system.containers, system.keys),
    peers: plan.peers.map(peer => resolveMember(peer, system.containers, system.keys)),
    timing: experiment.timing,
    phaseMs: phaseOf(plan, trial),
    probes: experiment.probes,
    load: experiment.load,
    steadyState: experiment.steadyState,
    instanceHeader: system.instanceHeader,
    slos: experiment.slos,
  }
}

function phaseOf({ phasesMs }: ExperimentPlan, trial: number): number {
  const phaseMs = phasesMs[trial - 1]
  if (phaseMs === undefined)
    throw new RangeError(`no phase is planned for trial ${trial}, of ${phasesMs.length}`)
  return phaseMs
}
