import { expect, test } from 'vitest'
import { Trial } from './trial.ts'

test('three good answers in a row end it', () => {
  const trial = new Trial(1)
  expect([trial.good(), trial.good(), trial.bad()]).toEqual(['open', 'open', 'open'])
  expect([trial.good(), trial.good(), trial.good()]).toEqual(['open', 'open', 'passed'])
})

test('a bad answer fails it, unless there is a pardon left', () => {
  expect(new Trial(0).bad()).toBe('failed')
  const trial = new Trial(1)
  expect([trial.bad(), trial.good(), trial.bad()]).toEqual(['open', 'open', 'failed'])
})
