/**
 * What `ldd FILE FILE...` says, as a map of file to `{ libraries, missing }`: the loader and the libraries found,
 * by their full paths, and the names of those not found. A static program or a script has neither.
 */
export function parseLdd(text) {
  const needs = new Map()
  let current
  for (const line of text.split('\n')) {
    const header = /^(\/\S.*):$/.exec(line)?.[1]
    if (header !== undefined) {
      current = { libraries: [], missing: [] }
      needs.set(header, current)
      continue
    }
    const missing = /^\s+(\S+) => not found/.exec(line)?.[1]
    const found = /^\s+(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)/.exec(line)?.[1]
    if (missing !== undefined) current?.missing.push(missing)
    if (found !== undefined) current?.libraries.push(found)
  }
  return needs
}
