import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderByDue } from './order-by-due.ts'

test('orders as a comparison sort would', () => {
  fc.assert(
    fc.property(fc.uint32Array({ maxLength: 300 }), dueUs => {
      const rows = Uint32Array.from(dueUs.keys())
      const expected = rows.toSorted((a, b) => (dueUs[a] ?? 0) - (dueUs[b] ?? 0))
      expect(orderByDue(rows, dueUs)).toEqual(expected)
    }),
  )
})
