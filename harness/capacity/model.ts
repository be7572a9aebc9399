/** Instances of one tier, by zone. */
export interface TierShape {
  /** Its label; the service's name where it has none. */
  readonly tier: string
  readonly zones: Readonly<Record<string, number>>
}

export interface ModelCase {
  /** Tiers whose instances carry a zone's label. */
  readonly tiers: readonly TierShape[]
  /** Carried with all instances; requests a second. */
  readonly all: number
  /** It is a least only: something other than the system was the limit. */
  readonly isLeast: boolean
  /** Carried with a zone gone; `null` where that is not known or not the system's own limit. */
  readonly losses: readonly { readonly zone: string; readonly carried: number | null }[]
  /** A rate that the system is to carry with any one zone gone. */
  readonly target: number | null
}

export interface Model {
  readonly losses: readonly CheckedLoss[]
  readonly tiers: readonly TierModel[]
  /** Instances carry at least what it says, and perhaps far more: it sizes too large. */
  readonly is_least: boolean
  /** `null` without a target. */
  readonly sizing: Sizing | null
  readonly assumptions: readonly string[]
}

/** The model held against what was measured. */
export interface CheckedLoss {
  readonly zone: string
  /** Part of the instances that is left, in the tier that loses most; 0..1. */
  readonly remaining: number
  readonly predicted: number
  readonly measured: number | null
  /** 0.05: what was measured is 5 % more than predicted. */
  readonly off: number | null
}

export interface TierModel {
  readonly tier: string
  readonly instances: number
  readonly zones: number
  /** What one instance carries: the least of what the conditions say. At least this, if another tier is the limit. */
  readonly per_instance: number
}

/** Instances for the target, and what the loss of a zone does to them. */
export interface Sizing {
  readonly target: number
  readonly tiers: readonly {
    readonly tier: string
    /** So that the others carry the target when one zone is gone. */
    readonly per_zone: number
    /** So that all together carry it, and no more. */
    readonly per_zone_without_spare: number
  }[]
  /** Of what each instance carries, so much is asked of it at the target: with all zones there, and with one gone. */
  readonly used: number
  readonly used_when_lost: number
  /** What is carried without the spare when a zone is gone. */
  readonly carried_without_spare: number
}

/**
 * The simplest model that can be wrong: every instance carries the same, however many there are. The measured loss
 * of a zone is what it is held against: nothing of it went into the prediction.
 */
export function modelOf({ tiers, all, isLeast, losses, target }: ModelCase): Model {
  const checked = losses.map(({ zone, carried }): CheckedLoss => {
    const remaining = remainingWithout(zone, tiers)
    const predicted = all * remaining
    const off = carried === null || predicted === 0 ? null : carried / predicted - 1
    return { zone, remaining, predicted, measured: carried, off }
  })
  const models = tiers.map(shape => tierModel(shape, all, losses))
  return {
    losses: checked,
    tiers: models,
    is_least: isLeast,
    sizing: target === null || all === 0 ? null : sizingFor(target, models),
    assumptions: ASSUMPTIONS,
  }
}

/** The part of the instances that is left when a zone is gone, in the tier that loses most. */
export function remainingWithout(zone: string, tiers: readonly TierShape[]): number {
  const shares = tiers.map(shape => (countOf(shape) - (shape.zones[zone] ?? 0)) / countOf(shape))
  return Math.min(1, ...shares)
}

const ASSUMPTIONS = [
  'every instance carries what those measured here do, on the CPU that they had here, however many there are',
  'what carries no zone label (balancers, stores) grows along and is never the limit',
  'the balancer spreads the traffic evenly, and a lost zone’s share over all that are left',
  'clients send no more when they fail: no retries',
]

function tierModel(shape: TierShape, all: number, losses: ModelCase['losses']): TierModel {
  const instances = countOf(shape)
  const known = losses.flatMap(({ zone, carried }) => {
    const left = instances - (shape.zones[zone] ?? 0)
    return carried === null || carried === 0 || left === 0 ? [] : [carried / left]
  })
  return {
    tier: shape.tier,
    instances,
    zones: Object.keys(shape.zones).length,
    per_instance: Math.min(all / instances, ...known),
  }
}

function sizingFor(target: number, tiers: readonly TierModel[]): Sizing | null {
  const zones = Math.min(...tiers.map(tier => tier.zones))
  if (!Number.isFinite(zones) || zones < 2) return null
  const inEachZone = (tier: TierModel, left: number) => Math.ceil(target / (tier.per_instance * left))
  const used = (lost: number) =>
    Math.max(
      ...tiers.map(tier => {
        const left = tier.zones - lost
        return target / (inEachZone(tier, tier.zones - 1) * left * tier.per_instance)
      }),
    )
  return {
    target,
    tiers: tiers.map(tier => ({
      tier: tier.tier,
      per_zone: inEachZone(tier, tier.zones - 1),
      per_zone_without_spare: inEachZone(tier, tier.zones),
    })),
    used: used(0),
    used_when_lost: used(1),
    carried_without_spare: (target * (zones - 1)) / zones,
  }
}

function countOf({ zones }: TierShape): number {
  return Object.values(zones).reduce((sum, count) => sum + count, 0)
}
