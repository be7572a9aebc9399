import { expect, test } from 'vitest'
import { renderReplayPage } from '../report/replay-page.ts'
import { renderReplaySummary } from '../report/replay-summary.ts'
import type { ErrorCurve } from './error-curve.ts'
import { judgeReplay, type ReplayedTrial } from './judge-replay.ts'

function down(name: string, lengthMs: number, reasons: readonly string[] = []): ReplayedTrial {
  const curve: ErrorCurve = {
    badMs: Array.from({ length: lengthMs / 10 }, (_, index) => 5 + index * 10),
    periodMs: 10,
    windows: lengthMs > 0 ? [{ fromMs: 5, toMs: lengthMs + 5 }] : [],
    watchedMs: 10_000,
  }
  return { name, curve, bracketMs: 20, isValid: reasons.length === 0, reasons }
}

const record = { of: 'results/one', stored: [down('trial-1', 500)], trials: 1 }
const judge = (...replayed: ReplayedTrial[]) => judgeReplay(record, replayed, 'results/two')

test('alike is a pass, unlike a failure, and both say by how much', () => {
  expect(judge(down('trial-1', 560))).toMatchObject({
    status: 'pass',
    likeness: { gap_ms: 60, allowed_ms: 100, allowances: { spread_ms: null } },
    reasons: [
      'The lost time of the two is 60 ms apart where it is furthest; up to 100 ms (what the measurement resolves) is no difference.',
    ],
  })
  expect(judge(down('trial-1', 1000))).toMatchObject({
    status: 'fail',
    likeness: { similarity: 0.5 },
    reasons: [
      expect.stringContaining('500 ms apart where it is furthest, more than 100 ms'),
      expect.stringContaining('`--trials 5`'),
    ],
  })
})

test('without enough valid trials it is neither, whatever those that there are say', () => {
  const spoilt = down('trial-1', 500, ['A probe went unsent.'])
  expect(judge(spoilt)).toMatchObject({ status: 'invalid', likeness: null, replayed: [] })
  const two = judgeReplay({ ...record, trials: 2 }, [spoilt, down('trial-2', 500)], '')
  expect(two).toMatchObject({
    status: 'invalid',
    likeness: { similarity: 1 },
    reasons: [
      'trial-1 is invalid: A probe went unsent.',
      '1 of 2 replayed trials are valid, which is too few to tell.',
      expect.stringContaining('0 ms apart'),
    ],
  })
  expect(judge()).toMatchObject({ status: 'invalid' })
})

test('the two curves stand over each other, cell for cell', () => {
  const replayed = [down('trial-1', 250)]
  const verdict = judge(...replayed)
  const lines = renderReplaySummary({ verdict, stored: record.stored, replayed }, { colour: false })
  expect(lines.slice(1, 4)).toEqual([
    '  stored    ·█████······  lost 500 ms',
    '  replayed  ·██▄········  lost 250 ms',
    '             ↑ the fault; a cell is 100 ms, as high as the part of it that was lost',
  ])
  expect(lines[5]).toBe('NOT ALIKE: similarity 50 %, 50 % of the error windows in common')
  const nothing = renderReplaySummary(
    { verdict: judge(), stored: record.stored, replayed: [] },
    { colour: false },
  )
  expect(nothing[2]).toBe('  replayed  (no valid trial)')
})

test('a long outage is shown in longer cells', () => {
  const stored = [down('trial-1', 30_000)]
  const verdict = judgeReplay({ ...record, stored }, stored, '')
  const [, first = '', , scale] = renderReplaySummary(
    { verdict, stored, replayed: stored },
    { colour: false },
  )
  expect(first.length).toBeLessThan(110)
  expect(scale).toContain('a cell is 500 ms')
})

test('the page holds both curves and escapes what it is given', () => {
  const replayed = [down('trial-1', 250)]
  const verdict = judgeReplay({ ...record, of: '<script>alert(1)</script>' }, replayed, '')
  const assets = { chartLibrary: '/* uPlot */', chartStyle: '', client: '/* client */' }
  const page = renderReplayPage(verdict, record.stored, replayed, assets)
  expect(page).not.toContain('<script>alert')
  const data = JSON.parse(/id="data">(.*?)<\/script>/.exec(page)?.[1] ?? '')
  expect(data.lostPercent.stored.slice(0, 7)).toEqual([0, 100, 100, 100, 100, 100, 0])
  expect(
    data.lostMs.map(({ run, values }: { run: string; values: number[] }) => [run, values.at(-1)]),
  ).toEqual([
    ['stored', 500],
    ['replayed', 250],
  ])
})
