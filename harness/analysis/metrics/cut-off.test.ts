import { expect, test } from 'vitest'
import { judge } from '../../verdict/judge.ts'
import { analyse } from '../analyse.ts'
import { historyOf } from '../testing/history-builder.ts'

/** Slow and without its share from the fault to the end of the run: what would have come after it is not known. */
const history = historyOf({
  latencyMs: (_, ms) => (ms > 0 ? 200 : 2),
  answeredBy: (k, ms) => (ms < 0 ? k % 3 : 1 + (k % 2)),
  slos: [],
})

test('a latency or a capacity that never came back is at least as late as the last start that it could have had', () => {
  const { metrics } = analyse(history)
  expect(metrics.latency_restored_ms).toMatchObject({ value: null, atLeast: expect.closeTo(5997, -1.5) })
  expect(metrics.capacity_restored_ms).toMatchObject({ value: null, atLeast: expect.closeTo(5997, -1.5) })
})

test('so that a limit below that has certainly been violated', () => {
  const slos = ['latency_restored_ms max < 3000', 'capacity_restored_ms max < 3000']
  const common = { experiment: 'test', system: 'test', seed: 1, wanted: 1, results: '' }
  const verdict = judge({ ...common, slos, trials: [analyse(history)] })
  expect(verdict.slos.map(({ status }) => status)).toEqual(['fail', 'fail'])
})
