import { expect, test } from 'vitest'
import { Ejection } from './ejection.ts'

function ejections(why: 'gone' | 'conduct', times: number): number[] {
  const ejection = new Ejection()
  ejection.limit({ baseMs: 1_000, maxMs: 6_000 })
  return Array.from({ length: times }, (_, time) => {
    const nowMs = time * 10_000
    ejection.eject(why, nowMs)
    let ms = 0
    while (ejection.holds(nowMs + ms)) ms += 500
    return ms
  })
}

test('each flap doubles it, up to the limit', () => {
  expect(ejections('conduct', 5)).toEqual([1_000, 2_000, 4_000, 6_000, 6_000])
})

test('who was gone may return at once the first time', () => {
  expect(ejections('gone', 4)).toEqual([0, 1_000, 3_000, 6_000])
})

test('a minute without one, and all is forgiven', () => {
  const ejection = new Ejection()
  ejection.limit({ baseMs: 1_000, maxMs: 60_000 })
  ejection.eject('conduct', 0)
  ejection.eject('conduct', 5_000)
  ejection.eject('conduct', 66_000)
  expect(ejection.holds(67_000)).toBe(false)
})
