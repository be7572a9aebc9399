import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Analysis } from '../analysis/analyse.ts'
import { drawFirsts, type GateSoFar, inRound, nextTrial } from './rounds.ts'
import type { SideName } from './side-images.ts'

type Trial = Pick<Analysis, 'validity'>
const valid: Trial = { validity: { status: 'valid' } }
const invalid = (code = 'starved'): Trial => ({
  validity: { status: 'invalid', reasons: [{ code, text: 'The machine was busy.', advice: '' }] as never },
})

const firsts: SideName[] = ['candidate', 'base', 'base', 'candidate', 'base', 'base', 'base', 'base']
const none: GateSoFar = {
  wanted: 4,
  firsts,
  trials: { base: [], candidate: [] },
  comparison: { metrics: [] },
  hasFailed: false,
}
const suspect = { metrics: [{ metric: 'lost_ms', finding: 'suspected' }] } as never

/** Plays a gate to its end; every trial comes out as `outcome` says. */
function play(gate: GateSoFar, outcome: (side: SideName, number: number, round: number) => Trial) {
  const trials: Record<SideName, Trial[]> = { base: [], candidate: [] }
  const order: SideName[] = []
  for (let next = nextTrial({ ...gate, trials }); next; next = nextTrial({ ...gate, trials })) {
    order.push(next.side)
    trials[next.side].push(outcome(next.side, next.number, next.round))
  }
  return { trials, order }
}

test('both sides have a trial in each round, in the order that was drawn', () => {
  const { order } = play(none, () => valid)
  expect(order.join(' ')).toBe('candidate base base candidate base candidate candidate base')
})

test('a suspect has as many rounds again, unless the candidate has failed already', () => {
  expect(play({ ...none, comparison: suspect }, () => valid).order.length).toBe(16)
  expect(play({ ...none, comparison: suspect, hasFailed: true }, () => valid).order.length).toBe(8)
})

test('a failure that shows in the middle of a round ends the gate at its end, with as many trials of each side', () => {
  const base = Array.from({ length: 5 }, () => valid)
  const gate = { ...none, firsts, comparison: suspect, hasFailed: true }
  const next = nextTrial({ ...gate, trials: { base, candidate: base.slice(1) } })
  expect(next).toMatchObject({ side: 'candidate', number: 5, round: 5 })
  expect(nextTrial({ ...gate, trials: { base, candidate: base } })).toBeUndefined()
})

test('after an invalid trial of one side both still have the fault at the same phase', () => {
  const plan = { phasesMs: [100, 200, 300, 400, 500, 600] }
  const phases: Record<SideName, (number | undefined)[]> = { base: [], candidate: [] }
  play(none, (side, number, round) => {
    phases[side].push(inRound(plan, round).phasesMs[number - 1])
    return side === 'base' && number === 2 ? invalid() : valid
  })
  expect(phases).toEqual({ base: [100, 200, 200, 300, 400], candidate: [100, 200, 300, 400] })
})

test('an invalid trial is made again at once, and that is said', () => {
  const next = nextTrial({ ...none, trials: { base: [], candidate: [invalid()] } })
  expect(next).toEqual({
    side: 'candidate',
    number: 2,
    round: 1,
    why: 'Round 1 of 4: the candidate once more, since its last trial was invalid: The machine was busy.',
  })
})

test('too many invalid trials of one side, or one for a reason that will not change, end the gate', () => {
  const onBase = (trial: Trial) => play(none, side => (side === 'base' ? trial : valid)).trials.base.length
  expect(onBase(invalid())).toBe(3)
  expect(onBase(invalid('target-idle'))).toBe(1)
})

test('each side is first as often as the other, to within one round', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 4, max: 20 }), (seed, rounds) => {
      const drawn = drawFirsts(seed, 'gateway-kill', rounds)
      const base = drawn.filter(side => side === 'base').length
      expect(drawn.length).toBe(rounds)
      expect(Math.abs(rounds - 2 * base)).toBeLessThanOrEqual(1)
    }),
  )
})

test('whatever the order, the sides are never more than one valid trial apart', () => {
  const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })
  fc.assert(
    fc.property(seeds, seed => {
      const gate = { ...none, firsts: drawFirsts(seed, 'gateway-kill', 8), comparison: suspect }
      let [base, candidate] = [0, 0]
      for (const side of play(gate, () => valid).order) {
        if (side === 'base') base += 1
        else candidate += 1
        expect(Math.abs(base - candidate)).toBeLessThanOrEqual(1)
      }
      expect([base, candidate]).toEqual([8, 8])
      expect(drawFirsts(seed, 'gateway-kill', 8)).toEqual(gate.firsts)
    }),
  )
})
