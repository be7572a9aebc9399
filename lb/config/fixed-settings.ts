import type { Config } from './schema.ts'

export interface FixedSetting {
  readonly path: readonly string[]
  readonly message: string
}

/**
 * What only a restart can change: the sockets that listen, what is built into the parser of open connections, and
 * what carries the requests.
 */
const FIXED: readonly { readonly path: readonly string[]; readonly of: (config: Config) => unknown }[] = [
  { path: ['frontend', 'bind'], of: ({ frontend }) => `${frontend.bind.host}:${frontend.bind.port}` },
  { path: ['frontend', 'limits', 'header'], of: ({ frontend }) => `${frontend.limits.header}B` },
  { path: ['backend', 'engine'], of: ({ backend }) => backend.engine },
  { path: ['admin', 'bind'], of: ({ admin }) => `${admin.bind.host}:${admin.bind.port}` },
]

export function changedFixedSettings(wanted: Config, running: Config): FixedSetting[] {
  return FIXED.filter(({ of }) => of(wanted) !== of(running)).map(({ path, of }) => ({
    path,
    message: `was ${of(running)} at the start; a reload cannot change it: put it back, or restart`,
  }))
}
