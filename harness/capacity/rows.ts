import { decodeRows, emptyColumns, ROW_BYTES, type SampleColumns } from '../history/sample-row.ts'

/** Whole rows as a traffic process sent them, in order, as columns. */
export function columnsOf(batches: readonly Buffer[]): SampleColumns {
  const counts = batches.map(batch => Math.floor(batch.length / ROW_BYTES))
  const columns = emptyColumns(counts.reduce((sum, count) => sum + count, 0))
  let at = 0
  for (const [index, batch] of batches.entries()) {
    const count = counts[index] ?? 0
    decodeRows(batch, count, columns, at)
    at += count
  }
  return columns
}
