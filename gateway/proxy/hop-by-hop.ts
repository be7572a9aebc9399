/** RFC 9110 7.6.1, and what older specifications and clients add to it. */
const always: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Options of `Connection` that are no headers, or are dropped anyway. */
const namesNothing = new Set(['close', 'keep-alive'])

/** Essential to every message: not a connection's own, whatever its Connection header claims. */
const neverNamed = new Set(['host', 'content-length', 'content-type', 'date', 'via'])

/**
 * The names of the headers that end at this connection: the fixed ones, and those that `Connection` names.
 *
 * @param rawHeaders names and values in turn, as node gives them
 */
export function hopByHopNames(rawHeaders: readonly string[]): ReadonlySet<string> {
  let names: Set<string> | undefined
  for (const [name, value] of headerPairs(rawHeaders)) {
    if (name.toLowerCase() !== 'connection') continue
    for (const option of value.split(',')) {
      const named = option.trim().toLowerCase()
      if (named === '' || namesNothing.has(named) || neverNamed.has(named)) continue
      names ??= new Set(always)
      names.add(named)
    }
  }
  // Nearly always.
  return names ?? always
}

/** The headers that go on, names as they came, repeated ones still repeated. */
export function endToEnd(rawHeaders: readonly string[]): [name: string, value: string][] {
  const dropped = hopByHopNames(rawHeaders)
  return [...headerPairs(rawHeaders)].filter(([name]) => !dropped.has(name.toLowerCase()))
}

function* headerPairs(rawHeaders: readonly string[]): Generator<[string, string]> {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    yield [rawHeaders[index] as string, rawHeaders[index + 1] as string]
  }
}
