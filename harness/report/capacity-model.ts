import type { CapacityVerdict } from '../capacity/judge-capacity.ts'
import type { CheckedLoss, Sizing, TierModel } from '../capacity/model.ts'
import { grouped } from './words.ts'

/** The model for people: how far off it was, what it says of the target, and on what it rests. Lines of text. */
export function modelLines({ model, peak, n, left_out: leftOut }: CapacityVerdict): string[] {
  if (!model || n === null) return []
  const { tiers, losses, sizing, assumptions, is_least: isLeast } = model
  if (tiers.length === 0) return ['Model: none, since no container carries a zone’s label.']
  const isSingle = tiers.every(({ zones }) => zones < 2)
  return [
    `Model: ${tiers.map(tier => `each ${tier.tier} carries ${perSecond(tier.per_instance)} (${tier.instances} in ${tier.zones} zone${tier.zones === 1 ? '' : 's'})`).join('; ')}.`,
    ...(isLeast ? ['That is a least, since N was capped: what follows is sized too large.'] : []),
    ...losses.map(checkLine),
    ...(losses.length === 0 && leftOut.length > 0 ? ['It was held against no lost zone.'] : []),
    ...(isSingle
      ? ['There is one zone: its loss is the loss of all, and no number of instances mends that.']
      : []),
    ...(sizing ? sizingLines(sizing, tiers, peak) : []),
    `It assumes that ${assumptions.join('; that ')}.`,
  ]
}

function checkLine({ zone, predicted, measured, off }: CheckedLoss): string {
  const said = `Without ${zone} it says ${perSecond(predicted)}`
  return measured === null || off === null
    ? `${said}; that could not be held against a measurement.`
    : `${said}; measured ${perSecond(measured)}: off by ${signed(off)}.`
}

function sizingLines(sizing: Sizing, tiers: readonly TierModel[], peak: number | null): string[] {
  const { target, used, used_when_lost: usedWhenLost, carried_without_spare: left } = sizing
  const list = (count: (tier: Sizing['tiers'][number]) => number) =>
    sizing.tiers.map(tier => `${grouped(count(tier))} × ${tier.tier}`).join(', ')
  const zones = Math.min(...tiers.map(tier => tier.zones))
  return [
    `For ${target === peak ? 'the peak of ' : ''}${perSecond(target)} with any one of ${zones} zones gone, each zone needs ${list(tier => tier.per_zone)}.`,
    `Each of them then works at ${percent(used)} of what it carries, and at ${percent(usedWhenLost)} while a zone is gone.`,
    `Without that spare, ${list(tier => tier.per_zone_without_spare)} in each zone would do, until a zone is lost: the others carry ${perSecond(left)} of it.`,
  ]
}

function perSecond(value: number): string {
  return `${grouped(value < 10 ? Number(value.toFixed(1)) : Math.round(value))}/s`
}

function percent(part: number): string {
  return `${(100 * part).toFixed(0)} %`
}

function signed(part: number): string {
  return `${part < 0 ? '−' : '+'}${(100 * Math.abs(part)).toFixed(1)} %`
}
