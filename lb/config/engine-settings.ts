import type { Config } from './schema.ts'

/** What http-proxy cannot do: it sends a request once, to one server, and learns nothing from how that went. */
const OWN_ONLY: readonly (readonly string[])[] = [
  ['backend', 'retries'],
  ['backend', 'retry-budget'],
  ['backend', 'ejection'],
  ['backend', 'replay-body'],
  ['backend', 'maxqueue'],
  ['backend', 'timeouts', 'connect'],
  ['backend', 'timeouts', 'queue'],
  ['backend', 'timeouts', 'tunnel'],
]

/** Settings in the file that the engine it names has no use for. */
export function uselessSettings(
  { backend }: Config,
  isWritten: (path: readonly string[]) => boolean,
): { readonly path: readonly string[]; readonly message: string }[] {
  if (backend.engine === 'own') return []
  return OWN_ONLY.filter(isWritten).map(path => ({
    path,
    message: `engine ${backend.engine} has no such thing; remove it, or write engine: own`,
  }))
}
