import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ServerState } from '../history/event.ts'
import type { BalancerReport, Standing } from './adapter.ts'
import { PollTracker } from './poll-tracker.ts'

const standing = (state: ServerState, server = 'web/a'): Standing => ({
  server,
  address: null,
  state,
  cause: `is ${state}`,
})
const between = (earliestNs: bigint, latestNs: bigint) => ({
  kind: 'between',
  clock: 'ours',
  earliestNs,
  latestNs,
})

/** Polls are sent at 0, 50, 100 … and answered 4 later. */
class Rows {
  readonly #tracker = new PollTracker(0n)
  #nowNs = 0n

  answer(...standings: readonly Standing[]): BalancerReport[] {
    const sentNs = this.#nowNs
    this.#nowNs += 50n
    return this.#tracker.answered({ sentNs, receivedNs: sentNs + 4n, standings })
  }

  fail(times: number): BalancerReport[] {
    return Array.from({ length: times }).flatMap(() => {
      this.#nowNs += 50n
      return this.#tracker.failed('refused')
    })
  }
}

test('the first answer is how things stand; a change lies between the last old answer and the first new one', () => {
  const rows = new Rows()
  expect(rows.answer(standing('up'))).toEqual([
    { type: 'watched', since: between(0n, 4n) },
    { type: 'change', standing: { ...standing('up'), cause: 'snapshot' }, instant: between(0n, 4n) },
  ])
  expect(rows.answer(standing('up'))).toEqual([])
  expect(rows.fail(1)).toEqual([])
  expect(rows.answer(standing('down'))).toEqual([
    { type: 'change', standing: standing('down'), instant: between(50n, 154n) },
  ])
})

test('five polls without an answer: it is not watched since the last one; what changed meanwhile has that interval', () => {
  const rows = new Rows()
  rows.answer(standing('up'), standing('up', 'web/b'))
  expect(rows.fail(7)).toEqual([{ type: 'lost', since: between(0n, 0n), reason: 'refused' }])
  expect(rows.answer(standing('down'), standing('up', 'web/b'))).toEqual([
    { type: 'watched', since: between(400n, 404n) },
    { type: 'change', standing: standing('down'), instant: between(0n, 404n) },
  ])
})

test('one that never answered is lost from the start, and its first answer tells how things stand', () => {
  const rows = new Rows()
  expect(rows.fail(5)).toMatchObject([{ type: 'lost', since: between(0n, 0n) }])
  expect(rows.answer(standing('down'))).toMatchObject([
    { type: 'watched' },
    { type: 'change', standing: { cause: 'snapshot' } },
  ])
})

test('a server that is not listed any more gets no traffic; one that has moved is told anew', () => {
  const rows = new Rows()
  rows.answer({ ...standing('up'), address: '10.0.0.1:80' }, standing('up', 'web/b'))
  expect(rows.answer({ ...standing('up'), address: '10.0.0.2:80' })).toMatchObject([
    { standing: { server: 'web/a', address: '10.0.0.2:80', state: 'up' } },
    { standing: { server: 'web/b', state: 'down', cause: 'removed' } },
  ])
})

test('the true instant of every change that is told lies in its interval', () => {
  const poll = fc.record({
    gap: fc.bigInt(1n, 60n),
    out: fc.bigInt(0n, 30n),
    back: fc.bigInt(0n, 30n),
    fails: fc.boolean(),
  })
  const flips = fc.array(fc.bigInt(1n, 200n), { maxLength: 8 })
  fc.assert(
    fc.property(fc.array(poll, { maxLength: 40 }), flips, (polls, gaps) => {
      let atNs = 0n
      const truth = gaps.map((gap, index) => {
        atNs += gap
        return { atNs, to: index % 2 === 0 ? ('down' as const) : ('up' as const) }
      })
      const stateAt = (ns: bigint) => truth.findLast(flip => flip.atNs <= ns)?.to ?? 'up'
      const tracker = new PollTracker(0n)
      let sentNs = 0n
      for (const { gap, out, back, fails } of polls) {
        sentNs += gap
        const standings = [standing(stateAt(sentNs + out))]
        const receivedNs = sentNs + out + back
        const reports = fails ? tracker.failed('no') : tracker.answered({ sentNs, receivedNs, standings })
        for (const report of reports) {
          if (report.type !== 'change' || report.standing.cause === 'snapshot') continue
          const { instant } = report
          if (instant.kind !== 'between') throw new Error('not an interval')
          const { earliestNs, latestNs } = instant
          expect(
            truth.some(
              flip => flip.to === report.standing.state && flip.atNs >= earliestNs && flip.atNs <= latestNs,
            ),
          ).toBe(true)
        }
        sentNs = receivedNs
      }
    }),
  )
})
