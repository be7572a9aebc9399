import { expect, test } from 'vitest'
import { Conduct, isOutlier } from './conduct.ts'

function after(answers: number, bad: (index: number) => boolean): Conduct {
  const conduct = new Conduct()
  for (let index = 0; index < answers; index += 1) conduct.note(bad(index) ? 'bad' : 'good', index * 10)
  return conduct
}

const good = () => after(200, () => false)

test('five bad answers in a row, where peers give none, are no chance', () => {
  const own = after(200, index => index >= 195)
  expect(isOutlier(own, [good(), good()], 2_000)).toBe(true)
  expect(
    isOutlier(
      after(200, index => index >= 196),
      [good(), good()],
      2_000,
    ),
  ).toBe(false)
})

test('as bad as the others is no outlier, however bad that is', () => {
  const bad = () => after(200, index => index % 2 === 0)
  expect(isOutlier(bad(), [bad(), bad()], 2_000)).toBe(false)
  const hopeless = () => after(200, () => true)
  expect(isOutlier(hopeless(), [hopeless(), hopeless()], 2_000)).toBe(false)
})

test('a seeded tenth of bad answers everywhere takes nobody out in 20,000 answers', () => {
  let seed = 7
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const fleet = [new Conduct(), new Conduct(), new Conduct()] as const
  for (let index = 0; index < 20_000; index += 1) {
    const at = index % 3
    const own = fleet[at] as Conduct
    own.note(random() < 0.1 ? 'bad' : 'good', index * 5)
    const peers = fleet.filter(one => one !== own)
    expect(isOutlier(own, peers, index * 5)).toBe(false)
  }
})

test('alone, there is nobody to be worse than; and what is long ago is forgotten', () => {
  const own = after(200, () => true)
  expect(isOutlier(own, [], 2_000)).toBe(false)
  expect(isOutlier(own, [good()], 200_000)).toBe(false)
})
