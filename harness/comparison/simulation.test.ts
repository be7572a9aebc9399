import { expect, test } from 'vitest'
import { type Random, randomFrom } from '../plan/random.ts'
import { isConvicted, isSuspect, weigh } from './regression-rule.ts'

/**
 * How often the rule is wrong. Trials are drawn instead of made, from spreads as the measured ones are: what a
 * fault costs depends on its place between two health checks (even over an interval), on the machine (lognormal),
 * and comes in whole probes.
 */
const EQUAL_ROUNDS = 10_000
const UNEQUAL_ROUNDS = 4000
const PER_SIDE = 5

/** One trial's value of a candidate that costs so many times what the base costs. */
type Draw = (random: Random, times: number) => number

const lognormal =
  (spread: number): Draw =>
  (random, times) =>
    300 * times * Math.exp(spread * normal(random))
const evenOverInterval: Draw = (random, times) => times * (300 + 300 * uniform(random))
const inWholeProbes: Draw = (random, times) => 10 * Math.round(evenOverInterval(random, times) / 10)
const mostlyOneProbe: Draw = (random, times) => 10 * times * (random.below(4) === 0 ? 2 : 1)

/** The share of rounds in which one of the metrics is found to have regressed; only the first truly differs. */
function shareConvicted(draw: Draw, times: number, metrics: number, rounds: number): number {
  const random = randomFrom(7, `simulation/${times}/${metrics}`)
  let convicted = 0
  for (let round = 0; round < rounds; round += 1) {
    const verdicts = Array.from({ length: metrics }, (_, metric) => {
      const base = Array.from({ length: 2 * PER_SIDE }, () => draw(random, 1))
      const candidate = Array.from({ length: 2 * PER_SIDE }, () => draw(random, metric === 0 ? times : 1))
      const suspect = isSuspect(weigh(base.slice(0, PER_SIDE), candidate.slice(0, PER_SIDE)))
      return suspect && isConvicted(weigh(base, candidate), metrics)
    })
    if (verdicts.includes(true)) convicted += 1
  }
  return convicted / rounds
}

function uniform(random: Random): number {
  return (random.below(2 ** 30) + 0.5) / 2 ** 30
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(uniform(random))) * Math.cos(2 * Math.PI * uniform(random))
}

/** The figures of docs/figures.md come from here. */
function tell(what: string, share: number): void {
  console.log(`${what}: ${(100 * share).toFixed(2)} %`)
}

test.each([
  { spread: 'lognormal, a fifth up or down', draw: lognormal(0.2), metrics: 1 },
  { spread: 'even over a check interval', draw: evenOverInterval, metrics: 1 },
  { spread: 'the same in whole probes', draw: inWholeProbes, metrics: 1 },
  { spread: 'mostly one probe, seldom two', draw: mostlyOneProbe, metrics: 1 },
  { spread: 'three metrics that have nothing to do with one another', draw: lognormal(0.2), metrics: 3 },
])('equal pairs are hardly ever told apart: $spread', ({ spread, draw, metrics }) => {
  const share = shareConvicted(draw, 1, metrics, EQUAL_ROUNDS)
  tell(`false alarms, ${spread}`, share)
  expect(share).toBeLessThanOrEqual(0.01)
})

test.each([
  { spread: 'lognormal, a fifth up or down', draw: lognormal(0.2), metrics: 1, least: 0.8 },
  { spread: 'even over a check interval', draw: evenOverInterval, metrics: 1, least: 0.8 },
  { spread: 'the same in whole probes', draw: inWholeProbes, metrics: 1, least: 0.8 },
  { spread: 'lognormal, one of three metrics is worse', draw: lognormal(0.2), metrics: 3, least: 0.75 },
  // What the rule cannot do with so few trials, so that nobody believes it can: more trials, or a steadier system.
  { spread: 'lognormal, three tenths up or down', draw: lognormal(0.3), metrics: 1, least: 0.4 },
])('half as much again is caught: $spread', ({ spread, draw, metrics, least }) => {
  const share = shareConvicted(draw, 1.5, metrics, UNEQUAL_ROUNDS)
  tell(`caught at +50 %, ${spread}`, share)
  expect(share).toBeGreaterThanOrEqual(least)
})
