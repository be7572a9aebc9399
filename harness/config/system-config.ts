import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'
import { messageOf, ZonefallError } from '../errors/zonefall-error.ts'

/** What a system says about itself in `zonefall.config.ts` or `.yaml`, instead of in flags. */
const configSchema = z.strictObject({
  /** Relative to the configuration's folder. */
  file: z.string().optional(),
  url: z.string().optional(),
  zoneLabel: z.string().optional(),
  tierLabel: z.string().optional(),
  instanceHeader: z.string().optional(),
  target: z.string().optional(),
  /** A shell command that makes a tree's images buildable; a gate runs it in the root of each side's tree. */
  prepare: z.string().optional(),
  /** Requests a second that the system is to carry with a zone gone, for `zonefall capacity`. */
  peak: z.number().int().min(40).optional(),
  /** Single points of failure that are lived with: `component` as for --target, and why. */
  accept: z.array(z.strictObject({ component: z.string(), reason: z.string().min(1) })).optional(),
})

export type SystemConfig = z.output<typeof configSchema>

/** Types a configuration file; the same checks run again when it is loaded. */
export function defineConfig(config: SystemConfig): SystemConfig {
  return config
}

const NAMES = ['zonefall.config.ts', 'zonefall.config.yaml', 'zonefall.config.yml']

/** The configuration of a folder; empty when there is none. Errors: CONFIG_INVALID. */
export async function loadSystemConfig(folder: string): Promise<SystemConfig> {
  const path = NAMES.map(name => join(folder, name)).find(existsSync)
  if (!path) return {}
  const parsed = configSchema.safeParse(await readConfig(path))
  if (!parsed.success)
    throw new ZonefallError(
      'CONFIG_INVALID',
      `${path}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
    )
  const { file, ...rest } = parsed.data
  return file === undefined ? rest : { ...rest, file: resolve(dirname(path), file) }
}

async function readConfig(path: string): Promise<unknown> {
  try {
    if (!path.endsWith('.ts')) return parse(await readFile(path, 'utf8')) ?? {}
    return ((await import(pathToFileURL(path).href)) as { default?: unknown }).default
  } catch (error) {
    throw new ZonefallError('CONFIG_INVALID', `${path} cannot be loaded: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
