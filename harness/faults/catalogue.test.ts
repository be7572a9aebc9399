import { describe, expect, test } from 'vitest'
import { FAULTS, findFault } from './catalogue.ts'
import { describeParameters } from './describe-parameters.ts'
import { latency } from './latency.ts'

describe.each(FAULTS.map(fault => [fault.kind, fault] as const))('%s', (_, fault) => {
  test('can do without parameters, and refuses those that it does not know', () => {
    expect(fault.parameters.safeParse({}).success).toBe(true)
    expect(fault.parameters.safeParse({ misspelt: 1 }).success).toBe(false)
  })
  test('says what each of its parameters is', () => {
    for (const { description, values } of describeParameters(fault)) {
      expect(description).not.toBe('')
      expect(values).not.toBe('anything')
    }
  })
  test('has an effect with what it does by default', () => {
    expect(fault.effect(fault.parameters.parse({}))).toBeTruthy()
  })
})

test('each kind is there once, and one misspelt is guessed', () => {
  expect(new Set(FAULTS.map(({ kind }) => kind)).size).toBe(FAULTS.length)
  expect(() => findFault('latencey')).toThrow('Did you mean `latency`?')
})

test('parameters in words', () => {
  expect(describeParameters(findFault('cut'))).toMatchObject([
    { name: 'from', values: '{ tier, zone, service, name }', preset: undefined },
    { name: 'direction', values: 'both or in or out', preset: 'both' },
    { name: 'how', values: 'drop or reject', preset: 'drop' },
  ])
  expect(describeParameters(findFault('reset'))).toMatchObject([{ values: 'above 0 to 1', preset: '1' }])
})

test('jitter must be less than the delay: nothing can arrive before it was sent', () => {
  const { error } = latency.parameters.safeParse({ delayMs: 50, jitterMs: 50 })
  expect(error?.issues).toMatchObject([{ path: ['jitterMs'], message: 'must be less than delayMs' }])
})
