/**
 * Does what is installed (`node_modules/.package-lock.json`, parsed) hold what `package-lock.json` (parsed)
 * asks for? The first difference in words, or undefined. Optional packages may be missing, but not one that names
 * this very platform (`{ os, cpu }`, in Node's words): it is the native part of something.
 */
export function firstDifference(wanted, installed, platform) {
  const want = wanted.packages ?? {}
  const have = installed.packages ?? {}
  for (const [path, entry] of Object.entries(want)) {
    if (path === '') continue // the project itself
    const got = have[path]
    if (got === undefined) {
      if ((entry.optional || entry.devOptional || entry.peer) && !isMadeFor(entry, platform)) continue
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

// The locked Node is built for glibc, so a package for another libc is none of ours.
function isMadeFor({ os, cpu, libc }, platform) {
  const isListed = (list, value) => [list].flat().includes(value)
  return (
    isListed(os, platform.os) &&
    isListed(cpu, platform.cpu) &&
    (libc === undefined || isListed(libc, 'glibc'))
  )
}
