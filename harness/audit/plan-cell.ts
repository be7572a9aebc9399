import type { ContainerState } from '../docker/containers.ts'
import { defaultProbes, type Timing } from '../experiment/experiment.ts'
import { findFault } from '../faults/catalogue.ts'
import type { ContainerRef } from '../history/event.ts'
import type { LabelKeys, Member } from '../plan/members.ts'
import { randomFrom } from '../plan/random.ts'
import { resolveMember } from '../plan/resolve-members.ts'
import type { TrialPlan } from '../plan/trial-plan.ts'
import type { AuditRecord } from './audit-record.ts'
import type { Cell } from './cells.ts'
import { RULE } from './judge-cell.ts'

/**
 * Short, since there are many. W is 2 s, where a run has 5: a relapse that comes later than that is seen in the
 * next trial's baseline at most.
 */
export const AUDIT_TIMING: Timing = {
  warmUpMs: 300,
  baselineMs: 1200,
  holdMs: 3000,
  recoveryMs: 15_000,
  steadyWindowMs: 2000,
}

/** The system that the plan is for, as it runs. */
export interface CellSurroundings {
  readonly containers: readonly ContainerState[]
  readonly keys: LabelKeys
  readonly url: URL
}

/** The probes alone are the traffic: a load beside them would cost each trial the start of one more process. */
export function planCell(
  { component, fault, folder }: Cell,
  trial: number,
  record: AuditRecord,
  { containers, keys, url }: CellSurroundings,
): TrialPlan {
  const { parameters: schema, effect, tells } = findFault(fault)
  const parameters = schema.parse({}) as Record<string, unknown>
  const resolve = (member: Member) => resolveMember(member, containers, keys)
  const [target, ...alsoStruck] = component.members.map(resolve) as [ContainerRef, ...ContainerRef[]]
  return {
    experiment: 'audit',
    trial,
    trials: 1,
    seed: record.seed,
    url: url.href,
    fault: { kind: fault, parameters, effect: effect(parameters), tells },
    target,
    ...(alsoStruck.length > 0 ? { alsoStruck } : {}),
    peers: component.peers.map(resolve),
    timing: record.timing,
    recoveryEnds: 'once-steady',
    phaseMs: randomFrom(record.seed, `audit/${folder}/${trial}`).below(1000),
    probes: defaultProbes,
    load: { ratePerSecond: 0, connections: 1 },
    steadyState: { minSuccess: 0.999, maxP99Ms: 250 },
    instanceHeader: record.instanceHeader,
    slos: [`outage_ms max <= ${RULE.longestOutageMs}`],
  }
}
