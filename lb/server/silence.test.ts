import { expect, test } from 'vitest'
import { Silence } from './silence.ts'

test('nobody waits: silence is no silence', () => {
  const silence = new Silence()
  expect(silence.isOdd(10_000)).toBe(false)
  silence.began(10_000)
  silence.ended()
  expect(silence.isOdd(20_000)).toBe(false)
})

test('it counts from the first request that waits, or from the last byte to anybody', () => {
  const silence = new Silence()
  silence.began(1_000)
  silence.began(1_030)
  expect(silence.isOdd(1_050)).toBe(false)
  expect(silence.isOdd(1_051)).toBe(true)
  silence.heard(1_040)
  expect(silence.isOdd(1_090)).toBe(false)
})

test('what is usual is learnt, and forgotten', () => {
  const silence = new Silence()
  silence.began(0)
  silence.heard(40)
  expect(silence.limitMs).toBe(80)
  silence.heard(1_000)
  expect(silence.limitMs).toBe(160) // one long silence does not make it usual
  for (const ms of [2_000, 3_000, 4_000]) silence.heard(ms)
  expect(silence.limitMs).toBe(500) // never more, whatever it was
  silence.ended()
  for (const ms of [70_000, 105_000]) {
    silence.began(ms)
    silence.heard(ms + 1)
    silence.ended()
  }
  expect(silence.limitMs).toBe(50)
})
