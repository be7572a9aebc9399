/** One number that the docs quote: every value that was measured, of which the median is told. */
export interface Figure {
  readonly name: string
  readonly bound: string
  readonly values: readonly number[]
  readonly unit: string
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

export async function repeat<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let time = 0; time < times; time += 1) results.push(await work())
  return results
}

export function figureLines(figures: readonly Figure[]): string[] {
  const shown = (value: number) => String(Number(value.toFixed(value < 10 ? 2 : 1)))
  return [
    '| figure | bound | median | all |',
    '| --- | --- | --- | --- |',
    ...figures.map(
      ({ name, bound, values, unit }) =>
        `| ${name} | ${bound} ${unit} | ${shown(median(values))} ${unit} | ${values.map(shown).join(', ')} |`,
    ),
  ]
}
