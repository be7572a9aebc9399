import { expect, test } from 'vitest'
import { headOf } from './analyse-shrink.ts'
import type { ShrinkVerdict } from './judge-shrink.ts'

const verdict = { of: 'results/x', proves: 'It failed in 2 of 2 valid trials.', reasons: [] }

test('the experiment says which system it is for, and what that ran without', () => {
  const head = (without: string[]) =>
    headOf(verdict as unknown as ShrinkVerdict, { file: 'shop.yml', without }).join('\n')
  expect(head(['gateway-b-1', 'gateway-c-1'])).toContain(
    'shop.yml (-f), run without gateway-b-1 and gateway-c-1',
  )
  expect(head([])).toMatch(/shop\.yml \(-f\)\.$/)
})
