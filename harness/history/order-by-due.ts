const DIGIT = 0x10000
const LAST = DIGIT - 1

/**
 * The given rows in ascending order of their due times; rows due at the same time stay as they were. Radix
 * sort in two passes of 16 bits: samples come in the order in which they ended, nearly sorted, which suits
 * neither a comparison sort's calls nor, at millions of rows, its time.
 */
export function orderByDue(rows: Uint32Array, dueUs: Uint32Array): Uint32Array {
  return pass(pass(rows, dueUs, 0), dueUs, 16)
}

/** Stable; by the 16 bits of the due time above `shift`. */
function pass(rows: Uint32Array, dueUs: Uint32Array, shift: 0 | 16): Uint32Array {
  const next = new Uint32Array(DIGIT)
  for (let place = 0; place < rows.length; place += 1) {
    const digit = ((dueUs[rows[place] ?? 0] ?? 0) >>> shift) & LAST
    next[digit] = (next[digit] ?? 0) + 1
  }
  let before = 0
  for (let digit = 0; digit < DIGIT; digit += 1) {
    const count = next[digit] ?? 0
    next[digit] = before
    before += count
  }
  const sorted = new Uint32Array(rows.length)
  for (let place = 0; place < rows.length; place += 1) {
    const row = rows[place] ?? 0
    const digit = ((dueUs[row] ?? 0) >>> shift) & LAST
    const target = next[digit] ?? 0
    sorted[target] = row
    next[digit] = target + 1
  }
  return sorted
}
