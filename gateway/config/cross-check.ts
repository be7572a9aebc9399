import type { RoutesFile } from './routes-schema.ts'

export interface Fault {
  readonly at: readonly (string | number)[]
  readonly what: string
}

/** What the parts of a routes file must be to one another; each part by itself is the schema's to check. */
export function crossCheck(file: RoutesFile): Fault[] {
  return [
    ...repeated(file.routes, 'routes', ({ name }) => name),
    ...repeated(file.consumers, 'consumers', ({ name }) => name),
    ...repeated(file.jwt, 'jwt', ({ name }) => name),
    ...repeated(file.jwt, 'jwt', ({ issuer }) => issuer),
    ...repeatedKeys(file),
    ...file.routes.flatMap((route, index) => [
      ...unknownUpstream(file, route.upstream, index),
      ...unknownAuth(file, route.auth ?? [], index),
    ]),
    ...samePlace(file),
  ]
}

function repeated<T>(entries: readonly T[], list: string, keyOf: (entry: T) => string): Fault[] {
  const seen = new Set<string>()
  return entries.flatMap((entry, index) => {
    const key = keyOf(entry)
    if (!seen.has(key)) {
      seen.add(key)
      return []
    }
    return [{ at: [list, index], what: `"${key}" is there twice` }]
  })
}

function repeatedKeys(file: RoutesFile): Fault[] {
  const all = file.consumers.flatMap(({ sha256 }, index) => sha256.map(hash => ({ hash, index })))
  return all
    .filter(({ hash }, place) => all.findIndex(other => other.hash === hash) !== place)
    .map(({ index }) => ({ at: ['consumers', index], what: 'one of its keys is there twice' }))
}

function unknownUpstream(file: RoutesFile, name: string, index: number): Fault[] {
  if (Object.hasOwn(file.upstreams, name)) return []
  return [{ at: ['routes', index, 'upstream'], what: `there is no upstream "${name}"` }]
}

function unknownAuth(file: RoutesFile, auth: readonly string[], index: number): Fault[] {
  return auth.flatMap((name, place) => {
    const at = ['routes', index, 'auth', place]
    if (name === 'api-key') {
      return file.consumers.length > 0 ? [] : [{ at, what: 'api-key, and no consumer has a key' }]
    }
    return file.jwt.some(entry => entry.name === name)
      ? []
      : [{ at, what: `"${name}" is neither api-key nor a name in jwt` }]
  })
}

/** Two routes of one path must not claim one method: which of them serves would be chance. */
function samePlace(file: RoutesFile): Fault[] {
  return file.routes.flatMap((route, index) => {
    const rival = file.routes
      .slice(0, index)
      .find(
        other =>
          other.path === route.path &&
          (!other.methods || !route.methods || other.methods.some(method => route.methods?.includes(method))),
      )
    return rival ? [{ at: ['routes', index, 'path'], what: `"${rival.name}" has this path already` }] : []
  })
}
