import { expect, test } from 'vitest'
import { type Random, randomFrom } from '../plan/random.ts'
import { convict, isSuspect, weigh } from './regression-rule.ts'

/**
 * How often the rule is wrong. Trials are drawn instead of made, from spreads as the measured ones are: what a
 * fault costs depends on its place between two health checks (even over an interval), on the machine (lognormal),
 * and comes in whole probes.
 */
const EQUAL_ROUNDS = 10_000
const UNEQUAL_ROUNDS = 10_000
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

/** The values of several metrics in one trial; only those that are worse cost so many times as much. */
type DrawTrial = (random: Random, times: number) => number[]

const alone =
  (draw: Draw): DrawTrial =>
  (random, times) => [draw(random, times)]
/** The worst case for several: they have nothing to do with one another, and one alone is worse. */
const oneOfThree =
  (draw: Draw): DrawTrial =>
  (random, times) => [draw(random, times), draw(random, 1), draw(random, 1)]
/** As in gateway-kill: window, lost time and recovery of one and the same outage, each with noise of its own. */
const oneOutageThreeWays =
  (spread: number): DrawTrial =>
  (random, times) => {
    const outage = lognormal(spread)(random, times)
    return [1, 0.8, 1.1].map(part => part * lognormal(spread / 4)(random, outage / 300))
  }

/** The share of rounds in which any of the metrics is found to have regressed. */
function shareConvicted(draw: DrawTrial, times: number, rounds: number): number {
  const random = randomFrom(7, `simulation/${times}/${draw(randomFrom(7, 'count'), 1).length}`)
  let convicted = 0
  for (let round = 0; round < rounds; round += 1) {
    const base = Array.from({ length: 2 * PER_SIDE }, () => draw(random, 1))
    const candidate = Array.from({ length: 2 * PER_SIDE }, () => draw(random, times))
    if (isAnyConvicted(base, candidate)) convicted += 1
  }
  return convicted / rounds
}

function isAnyConvicted(base: readonly number[][], candidate: readonly number[][]): boolean {
  const metrics = [...(base[0] ?? []).keys()]
  const of = (trials: readonly number[][], metric: number) =>
    trials.map(values => values[metric] ?? Number.NaN)
  const suspects = metrics.filter(metric =>
    isSuspect(weigh(of(base.slice(0, PER_SIDE), metric), of(candidate.slice(0, PER_SIDE), metric))),
  )
  const evidence = suspects.map(metric => weigh(of(base, metric), of(candidate, metric)))
  return convict(evidence, metrics.length).includes(true)
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

const A_FIFTH = lognormal(0.2)

test.each([
  { spread: 'lognormal, a fifth up or down', draw: alone(A_FIFTH) },
  { spread: 'even over a check interval', draw: alone(evenOverInterval) },
  { spread: 'the same in whole probes', draw: alone(inWholeProbes) },
  { spread: 'mostly one probe, seldom two', draw: alone(mostlyOneProbe) },
  { spread: 'three metrics that have nothing to do with one another', draw: oneOfThree(A_FIFTH) },
  { spread: 'three metrics of one outage', draw: oneOutageThreeWays(0.2) },
])('equal pairs are hardly ever told apart: $spread', { timeout: 30_000 }, ({ spread, draw }) => {
  const share = shareConvicted(draw, 1, EQUAL_ROUNDS)
  tell(`false alarms, ${spread}`, share)
  expect(share).toBeLessThanOrEqual(0.01)
})

test.each([
  { spread: 'lognormal, a fifth up or down', draw: alone(A_FIFTH), least: 0.8 },
  { spread: 'even over a check interval', draw: alone(evenOverInterval), least: 0.8 },
  { spread: 'the same in whole probes', draw: alone(inWholeProbes), least: 0.8 },
  { spread: 'three metrics of one outage', draw: oneOutageThreeWays(0.2), least: 0.8 },
  { spread: 'one of three that have nothing to do with one another', draw: oneOfThree(A_FIFTH), least: 0.8 },
  // What the rule cannot do with so few trials, so that nobody believes it can: more trials, or a steadier system.
  { spread: 'lognormal, three tenths up or down', draw: alone(lognormal(0.3)), least: 0.4 },
])('half as much again is caught: $spread', { timeout: 30_000 }, ({ spread, draw, least }) => {
  const share = shareConvicted(draw, 1.5, UNEQUAL_ROUNDS)
  tell(`caught at +50 %, ${spread}`, share)
  expect(share).toBeGreaterThanOrEqual(least)
})
