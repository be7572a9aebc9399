import { decodedOnce, hasOneReading } from './path-readings.ts'

/**
 * Whether a path could be read, by any server behind, as lying under /admin, which is not for clients.
 *
 * The path is sent on as it came, and another server may decode, collapse or resolve it in its own way:
 * `//admin`, `/%61dmin`, `/x/../admin`, `/\admin`, `/admin;x`. So every
 * such reading is tried.
 */
export function leadsToAdmin(path: string): boolean {
  if (hasOneReading(path)) return path === '/admin' || path.startsWith('/admin/')
  let reading = path
  for (let depth = 0; depth < 3; depth += 1) {
    if (firstSegments(reading).includes('admin')) return true
    const decoded = decodedOnce(reading)
    if (decoded === reading) return false
    reading = decoded
  }
  // Still decoding after three rounds: nobody needs such a path honestly.
  return true
}

/** The first segment with the dots resolved, and without: a server may or may not resolve them. */
function firstSegments(path: string): string[] {
  const segments = path
    .replaceAll('\\', '/')
    .split('/')
    .map(segment => segment.replace(/[;?#].*$/s, '').toLowerCase())
    .filter(segment => segment !== '' && segment !== '.')
  const resolved: string[] = []
  for (const segment of segments) {
    if (segment === '..') resolved.pop()
    else resolved.push(segment)
  }
  return [segments[0] ?? '', resolved[0] ?? '']
}
