import type { ContainerState } from '../docker/containers.ts'
import type { Experiment, Target } from '../experiment/experiment.ts'
import { AMOUNTS } from '../experiment/target.ts'
import { findFault } from '../faults/catalogue.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import { type Choice, chooseTargets, reduceMembers } from './choose-target.ts'
import { requireCompatible } from './conflicts.ts'
import { peersOf } from './match-members.ts'
import { isSameMember, type LabelKeys, type Member, membersOf } from './members.ts'
import { type MemberStrike, planStrikes } from './plan-strikes.ts'
import { randomFrom } from './random.ts'
import { resolveMember } from './resolve-members.ts'
import type { TrialPlan } from './trial-plan.ts'

/** What is decided before the system is there. */
export interface ExperimentPlan {
  readonly experiment: Experiment
  readonly seed: number
  /** How many valid trials are wanted. Invalid ones are repeated, so that there may be more in all. */
  readonly trials: number
  /** For each trial that there may be, how long after the baseline's end the hold begins: 0 ≤ phase < 1000 ms. */
  readonly phasesMs: readonly number[]
  /** In order of their instants; never empty. */
  readonly strikes: readonly MemberStrike[]
  /** All that is struck, each once; the first is struck first. */
  readonly targets: readonly Member[]
  readonly target: Member
  /** All that share the target's work, the target among them. */
  readonly peers: readonly Member[]
  /** Of the targets that are no peers of the first: who shares their work, they among them. */
  readonly otherPeers: readonly (readonly Member[])[]
  /** What the system runs without. */
  readonly dropped: readonly Member[]
}

export interface PlanRequest {
  readonly experiment: Experiment
  readonly project: ComposeProject
  readonly keys: LabelKeys
  /** Instead of the experiment's own choice; how many it strikes holds on, unless this says so too. */
  readonly target: Target | undefined
  readonly trials: number
  /** How many trials there may be in all, `trials` of them valid. */
  readonly mostTrials: number
  readonly seed: number
}

/** The same request gives the same plan. Errors: NO_TARGET, FAULTS_CONFLICT, EXPERIMENT_INVALID. */
export function makePlan(request: PlanRequest): ExperimentPlan {
  const { experiment, project, keys, target: instead, trials, mostTrials, seed } = request
  const { keepOnly } = experiment
  const phases = randomFrom(seed, `${experiment.name}/phase`)
  const random = randomFrom(seed, `${experiment.name}/target`)
  const { present, dropped } = reduceMembers({ members: membersOf(project, keys), keepOnly, instead, random })
  const choices = choicesOf(request, present, random)
  const strikes = planStrikes(experiment, entry => choices[entry]?.targets ?? [])
  requireCompatible(strikes)
  const targets = distinct(strikes.map(({ target }) => target))
  const groups = groupsOf(targets, present, choices)
  const [target, peers] = [targets[0], groups[0]]
  if (!target || !peers) throw new RangeError('a timeline without a strike')
  return {
    experiment,
    seed,
    trials,
    phasesMs: Array.from({ length: mostTrials }, () => phases.below(1000)),
    strikes,
    targets,
    target,
    peers,
    otherPeers: groups.slice(1),
    dropped,
  }
}

/** For each line of the timeline. Those without a target of their own have the experiment's, which is drawn once. */
function choicesOf(
  { experiment, target: instead, seed }: PlanRequest,
  present: readonly Member[],
  random: ReturnType<typeof randomFrom>,
): Choice[] {
  const tierIs = instead ? 'meant-exactly' : 'meant-loosely'
  const struck: Member[] = []
  const choose = (target: Target, from: typeof random) => {
    const choice = chooseTargets({ present, target: aimed(target, instead), tierIs, struck, random: from })
    struck.push(...choice.targets)
    return choice
  }
  const shared = experiment.faults.every(({ target }) => target)
    ? undefined
    : choose(experiment.target ?? {}, random)
  return experiment.faults.map(({ target }, index) => {
    if (shared && !target) return shared
    return choose(target ?? {}, randomFrom(seed, `${experiment.name}/target/${index}`))
  })
}

function aimed(target: Target, instead: Target | undefined): Target {
  if (!instead || AMOUNTS.some(amount => instead[amount] !== undefined)) return instead ?? target
  const { count, share, all, wholeZones } = target
  return { ...instead, count, share, all, wholeZones }
}

/** The first target's peers first; each further group holds a target that is in none before. */
function groupsOf(
  targets: readonly Member[],
  present: readonly Member[],
  choices: readonly Choice[],
): Member[][] {
  const groups: Member[][] = []
  for (const target of targets) {
    if (groups.some(group => group.some(member => isSameMember(member, target)))) continue
    const choice = choices.find(one => one.targets.some(member => isSameMember(member, target)))
    groups.push(peersOf(target, present, choice?.candidates ?? [target]))
  }
  return groups
}

function distinct(members: readonly Member[]): Member[] {
  return members.filter((member, index) => members.findIndex(other => isSameMember(member, other)) === index)
}

/** In whose place the plan's faults leave another container. */
export function replacedBy({ strikes }: ExperimentPlan): readonly Member[] {
  return distinct(
    strikes.filter(({ fault }) => findFault(fault.kind).leaves !== undefined).map(({ target }) => target),
  )
}

/** Puts the running containers in for the planned members. */
export function planTrial(
  plan: ExperimentPlan,
  trial: number,
  system: { containers: readonly ContainerState[]; keys: LabelKeys; url: URL; instanceHeader: string },
): TrialPlan {
  const { experiment, seed, targets, otherPeers } = plan
  const resolve = (member: Member) => resolveMember(member, system.containers, system.keys)
  const strikes = plan.strikes.map(strike => ({ ...strike, target: resolve(strike.target) }))
  const [first] = strikes
  if (!first) throw new RangeError('a plan without a strike')
  return {
    experiment: experiment.name,
    trial,
    trials: plan.trials,
    seed,
    url: system.url.href,
    fault: first.fault,
    target: first.target,
    ...(targets.length > 1 ? { alsoStruck: targets.slice(1).map(resolve) } : {}),
    strikes,
    peers: plan.peers.map(resolve),
    ...(otherPeers.length > 0 ? { otherPeers: otherPeers.map(group => group.map(resolve)) } : {}),
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
