import { expect, test } from 'vitest'
import { LoadShedder } from './load-shedder.ts'

/** `windows` windows of ten ticks, 50 ms apart, the ticks' delays by turns those given. */
function feed(shedder: LoadShedder, windows: number, lags: readonly number[], fromMs = 0): number {
  let now = fromMs
  for (let tick = 0; tick < windows * 11; tick += 1) {
    now += 50
    shedder.sawLag(lags[tick % lags.length] ?? 0, now)
  }
  return now
}

function shedOf(shedder: LoadShedder, requests: number): number {
  let shed = 0
  for (let k = 0; k < requests; k += 1) {
    if (shedder.enter() === undefined) shedder.leave()
    else shed += 1
  }
  return shed
}

test('too many at once: the next is turned away until one has left', () => {
  const shedder = new LoadShedder({ maxConcurrent: 2, targetLagMs: 100 })
  expect([shedder.enter(), shedder.enter(), shedder.enter()]).toEqual([undefined, undefined, 'concurrency'])
  shedder.leave()
  expect(shedder.enter()).toBeUndefined()
})

test('a loop that is late all the time sheds more and more, to nine tenths, and stops when it is over', () => {
  const shedder = new LoadShedder({ maxConcurrent: 10, targetLagMs: 100 })
  const later = feed(shedder, 3, [150])
  expect(shedOf(shedder, 100)).toBe(30)
  const much = feed(shedder, 20, [150], later)
  expect(shedOf(shedder, 100)).toBe(90)
  feed(shedder, 20, [5], much)
  expect(shedOf(shedder, 100)).toBe(0)
})

test('a loop that is late now and then, and a container that was frozen, shed nothing', () => {
  const shedder = new LoadShedder({ maxConcurrent: 10, targetLagMs: 100 })
  const later = feed(shedder, 20, [400, 400, 400, 400, 0])
  shedder.sawLag(8_000, later + 8_000)
  shedder.sawLag(0, later + 8_050)
  expect(shedOf(shedder, 100)).toBe(0)
})
