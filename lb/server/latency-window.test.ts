import { expect, test } from 'vitest'
import { LatencyWindow } from './latency-window.ts'

test('quantiles to a tenth, of the last five to ten seconds', () => {
  const window = new LatencyWindow()
  for (let ms = 1; ms <= 100; ms += 1) window.add(ms, 10_000)
  for (const [share, ms] of [
    [0.5, 50],
    [0.95, 95],
  ] as const) {
    const found = window.quantile(share, 10_000) ?? Number.NaN
    expect(found).toBeGreaterThanOrEqual(ms)
    expect(found).toBeLessThan(ms * 1.1)
  }
  expect(window.quantile(0.5, 16_000)).toBeDefined()
  expect(window.quantile(0.5, 30_000)).toBeUndefined()
})

test('too few values say nothing', () => {
  const window = new LatencyWindow()
  for (let time = 0; time < 19; time += 1) window.add(5, 0)
  expect(window.quantile(0.5, 0)).toBeUndefined()
})
