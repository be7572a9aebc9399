import { expect, test } from 'vitest'
import { Suspicion } from './suspicion.ts'

test('it is held from the silence to the first good answer', () => {
  const suspicion = new Suspicion()
  expect(suspicion.silent(1_000)).toBe('fallen silent')
  expect(suspicion.silent(1_005)).toBe('nothing new')
  expect(suspicion.ordinary('wait', 1_010)).toBe('nothing new')
  expect(suspicion.isHeld).toBe(true)
  suspicion.answered('bad')
  suspicion.answered('good')
  expect(suspicion.isHeld).toBe(false)
  expect(suspicion.ordinary('none', 1_020)).toBe('nothing new')
})

test('bad answers only: that is told once, when nobody waits any more or the silence is long past', () => {
  for (const [requests, atMs] of [
    ['none', 1_010],
    ['wait', 1_501],
  ] as const) {
    const suspicion = new Suspicion()
    suspicion.silent(1_000)
    suspicion.answered('bad')
    suspicion.answered('bad')
    expect(suspicion.ordinary('wait', 1_005)).toBe('nothing new')
    expect(suspicion.ordinary(requests, atMs)).toBe('spoke badly')
    expect(suspicion.bad).toBe(2)
    expect(suspicion.isHeld).toBe(false)
    expect(suspicion.ordinary(requests, atMs)).toBe('nothing new')
  }
})

test('not one answer says nothing; and each silence counts its own bad answers', () => {
  const suspicion = new Suspicion()
  suspicion.answered('bad')
  suspicion.silent(1_000)
  expect(suspicion.ordinary('none', 1_005)).toBe('nothing new')
  expect(suspicion.isHeld).toBe(false)
  suspicion.silent(2_000)
  expect(suspicion.bad).toBe(0)
})
