/** Nothing in it that another server might read in another way: no capital, `%`, `;`, `//`, and no dot that leads. */
const plain = /^(?:\/[a-z0-9_~!$&'()*+,=:@-][a-z0-9._~!$&'()*+,=:@-]*)*\/?$/

export function hasOneReading(path: string): boolean {
  return plain.test(path)
}

/**
 * All that another server might take a path for: decoded once or twice, `\` for `/`, `//` for `/`, without
 * `;parameters`, dots resolved, without regard to capitals. The path itself is sent on as it came.
 */
export function readingsOf(path: string): readonly string[] {
  if (hasOneReading(path)) return [path]
  const readings = new Set([path])
  let decoded = path
  for (let depth = 0; depth < 3; depth += 1) {
    for (const resolve of [keepDots, resolveDots]) {
      const reading = tidied(decoded, resolve)
      readings.add(reading)
      readings.add(reading.toLowerCase())
    }
    decoded = decodedOnce(decoded)
  }
  return [...readings]
}

function tidied(path: string, resolve: (segments: readonly string[]) => string[]): string {
  const segments = path
    .replaceAll('\\', '/')
    .split('/')
    .map(segment => segment.replace(/[;?#].*$/s, ''))
    .filter(segment => segment !== '' && segment !== '.')
  return `/${resolve(segments).join('/')}`
}

function keepDots(segments: readonly string[]): string[] {
  return [...segments]
}

function resolveDots(segments: readonly string[]): string[] {
  const resolved: string[] = []
  for (const segment of segments) {
    if (segment === '..') resolved.pop()
    else resolved.push(segment)
  }
  return resolved
}

/** Bytes, not characters: a path need not be UTF-8, and a lone `%` stands for itself. */
export function decodedOnce(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
