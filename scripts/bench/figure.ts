/** One number that the docs quote: every value that was measured, of which the median is told. */
export interface Figure {
  readonly name: string
  /** Whose it is, where several are compared. */
  readonly column?: string
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
  return figures.some(({ column }) => column !== undefined) ? comparison(figures) : list(figures)
}

function list(figures: readonly Figure[]): string[] {
  return [
    '| figure | bound | median | all |',
    '| --- | --- | --- | --- |',
    ...figures.map(
      ({ name, bound, values, unit }) =>
        `| ${name} | ${bound} ${unit} | ${shown(median(values))} ${unit} | ${values.map(shown).join(', ')} |`,
    ),
  ]
}

/** A row for each name, a column for each of those who are compared; every value that was measured. */
function comparison(figures: readonly Figure[]): string[] {
  const columns = [...new Set(figures.map(({ column }) => column ?? ''))]
  const rows = Map.groupBy(figures, ({ name }) => name)
  return [
    `| figure | bound | ${columns.join(' | ')} |`,
    `| --- | --- |${' --- |'.repeat(columns.length)}`,
    ...[...rows].map(([name, row]) => {
      const cells = columns.map(wanted => {
        const values = row.find(({ column }) => column === wanted)?.values ?? []
        return values.map(shown).join(', ')
      })
      return `| ${name}${row[0]?.unit ? `, ${row[0].unit}` : ''} | ${row[0]?.bound} | ${cells.join(' | ')} |`
    }),
  ]
}

function shown(value: number): string {
  return String(Number(value.toFixed(value < 10 ? 2 : 1)))
}
