/**
 * Does what is installed (`node_modules/.package-lock.json`, parsed) hold what `package-lock.json` (parsed)
 * asks for? The first difference in words, or undefined. Optional packages may be missing: they are for
 * other platforms.
 */
export function firstDifference(wanted, installed) {
  const want = wanted.packages ?? {}
  const have = installed.packages ?? {}
  for (const [path, entry] of Object.entries(want)) {
    if (path === '') continue // the project itself
    const got = have[path]
    if (got === undefined) {
      if (entry.optional || entry.devOptional || entry.peer) continue
      return `${path} is not installed`
    }
    if (got.version !== entry.version) return `${path} is ${got.version}, not ${entry.version}`
    if (got.integrity !== entry.integrity) return `${path} ${entry.version} is not the locked package`
  }
  for (const path of Object.keys(have)) {
    if (want[path] === undefined) return `${path} is installed but not locked`
  }
  return undefined
}
