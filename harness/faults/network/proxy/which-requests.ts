import { matchesGlob } from '../glob.ts'

/** Which of the requests that arrive a manner is for. */
export interface WhichRequests {
  readonly share: number
  readonly path: string
  /** Spared though `path` matches. */
  readonly except?: string | undefined
  readonly method: string
}

export function isOneOf({ share, path, except, method }: WhichRequests, asked: Asked): boolean {
  if (method !== 'any' && method !== asked.method) return false
  const of = pathOf(asked.target)
  if (!matchesPath(path, of) || (except !== undefined && matchesPath(except, of))) return false
  return Math.random() < share
}

interface Asked {
  readonly method: string
  /** As in the request's first line. */
  readonly target: string
}

/** Without its query; of `http://host/path`, as a proxy is asked, the path. */
function pathOf(target: string): string {
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '')
  return path === '' ? '/' : path
}

/** With a `*`, which stands for anything, it is the whole path; without, the path or what begins with it and a slash. */
function matchesPath(pattern: string, path: string): boolean {
  if (pattern.includes('*')) return matchesGlob(pattern, path)
  const stem = pattern.replace(/\/+$/, '')
  return stem === '' || path === stem || path.startsWith(`${stem}/`)
}
