import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Placed, UnderWay } from './under-way.ts'

test('whatever is added and removed, and however often, it holds what a set would', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('add', 'remove'), fc.nat(9))), steps => {
      const items: Placed[] = Array.from({ length: 10 }, () => ({ place: -1 }))
      const bag = new UnderWay<Placed>()
      const set = new Set<Placed>()
      for (const [step, index] of steps) {
        const item = items[index] as Placed
        if (step === 'remove') expect(bag.remove(item)).toBe(set.delete(item))
        else if (!set.has(item)) {
          bag.add(item)
          set.add(item)
        }
        expect(bag.size).toBe(set.size)
        expect(new Set(bag.all())).toEqual(set)
      }
    }),
  )
})
