/**
 * The exact one-sided Mann-Whitney test: if both sides were the same, how likely would the candidate's values
 * stand as high above the base's as they do, or higher? Counted over every way to deal the pooled values out
 * to the two sides, so that it holds for any distribution and with ties, which share the mean of their ranks.
 * Infinity is above everything and ties with itself.
 */
export function chanceOfBeingHigher(base: readonly number[], candidate: readonly number[]): number {
  const ranks = doubledRanks([...base, ...candidate])
  const observed = sum(ranks.slice(base.length))
  const ways = waysToSum(ranks, candidate.length)
  return sum(ways.slice(observed)) / sum(ways)
}

/** The smallest chance that so many against as many can give: 1 of all the ways to deal them out. */
export function smallestChance(perSide: number): number {
  const ranks = Array.from({ length: 2 * perSide }, (_, index) => index)
  return chanceOfBeingHigher(ranks.slice(0, perSide), ranks.slice(perSide))
}

/** Twice each value's rank, which is a whole number even where ties share a mean rank. */
function doubledRanks(values: readonly number[]): number[] {
  return values.map(value => {
    const below = values.filter(other => other < value).length
    const tied = values.filter(other => other === value).length
    return 2 * below + tied + 1
  })
}

/** For each sum, how many ways there are to choose `chosen` of the ranks with that sum. */
function waysToSum(ranks: readonly number[], chosen: number): number[] {
  const sums = sum(ranks) + 1
  const ways = Array.from({ length: chosen + 1 }, () => new Float64Array(sums))
  const [none] = ways
  if (none) none[0] = 1
  let most = 0 // no sum of the ranks so far is above this
  for (const rank of ranks) {
    most += rank
    for (let count = chosen; count > 0; count -= 1) {
      const [fewer, these] = [ways[count - 1], ways[count]]
      if (!fewer || !these) continue
      for (let total = rank; total <= most; total += 1) {
        these[total] = (these[total] ?? 0) + (fewer[total - rank] ?? 0)
      }
    }
  }
  return [...(ways[chosen] ?? [])]
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
