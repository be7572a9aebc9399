import { readFile } from 'node:fs/promises'
import { CLEAR_SCRIPT } from './clear.ts'
import { HELPER_EXPIRES_SECONDS } from './names.ts'

/** Serves what `modules` has, by address; type stripping is the helper's own Node's. */
const LOADER = `
  const { registerHooks } = require('node:module')
  const { entry, modules } = JSON.parse(process.argv.at(-2))
  registerHooks({
    resolve: (name, { parentURL }, next) => {
      const url = name.startsWith('.') ? new URL(name, parentURL).href : name
      return url in modules ? { url, shortCircuit: true } : next(name)
    },
    load: (url, context, next) =>
      url in modules
        ? { format: 'module-typescript', source: modules[url], shortCircuit: true }
        : next(url, context),
  })
  import(entry)`

/**
 * A standing helper's program in Node: a module of this folder, as text for the helper's own Node, with all that it
 * imports of ours. It is written with `obey`, and is told `settings`.
 */
export async function moduleProgram(
  entry: string,
  settings: object,
  expiresSeconds = HELPER_EXPIRES_SECONDS,
): Promise<string[]> {
  const modules: Record<string, string> = {}
  await gather(`zonefall:/${entry}`, modules)
  const orders = { settings, clearScript: CLEAR_SCRIPT, expiresSeconds }
  // Should its own end ever fail to come.
  const limit = ['timeout', '-s', 'KILL', String(expiresSeconds + 30)]
  const texts = [{ entry: `zonefall:/${entry}`, modules }, orders].map(one => JSON.stringify(one))
  return [...limit, 'node', '-e', LOADER, ...texts]
}

async function gather(address: string, modules: Record<string, string>): Promise<void> {
  if (address in modules) return
  const text = await readFile(new URL(`.${new URL(address).pathname}`, import.meta.url), 'utf8')
  modules[address] = text
  for (const [, name = ''] of text.matchAll(VALUE_IMPORT)) await gather(new URL(name, address).href, modules)
}

/** What is imported as types alone is not there when it runs. */
const VALUE_IMPORT = /^(?:import|export) (?!type\b)[^']*?from '(\.[^']+)'$/gm
