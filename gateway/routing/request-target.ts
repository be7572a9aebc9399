/** Where a request goes: in origin form, as it will be sent on. */
export interface RequestTarget {
  /** Path and query, byte for byte as the client sent them. */
  readonly pathAndQuery: string
  readonly path: string
  /** Set when the target was absolute (`GET http://host/path`): it overrides the Host header (RFC 9112 3.2.2). */
  readonly authority?: string
}

/** `undefined` for what is neither an origin form nor an absolute http one. */
export function readTarget(target: string): RequestTarget | undefined {
  if (target.includes('#')) return undefined
  if (target.startsWith('/')) return { pathAndQuery: target, path: beforeQuery(target) }
  const [, authority, rest] = /^https?:\/\/([^/?@]+)(.*)$/i.exec(target) ?? []
  if (authority === undefined || rest === undefined) return undefined
  const pathAndQuery = rest.startsWith('/') ? rest : `/${rest}`
  return { pathAndQuery, path: beforeQuery(pathAndQuery), authority }
}

function beforeQuery(target: string): string {
  const mark = target.indexOf('?')
  return mark < 0 ? target : target.slice(0, mark)
}
