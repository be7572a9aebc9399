import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { npmInstall } from './npm.mjs'
import { ROOT } from './paths.mjs'
import { SetupError } from './says.mjs'

const SERVICES = ['lb', 'gateway', 'app']

// Bundled CommonJS packages call `require`, which an ES module has not by itself.
const BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);"

/**
 * One file a service, in `dist/` of a checkout of this project, which may be another one than this: a gate has one
 * of each side. A service that the checkout does not have is left out.
 */
export async function bundleServices(root) {
  const { build } = await import('esbuild') // not before npm ci has put it there
  const entries = SERVICES.filter(name => existsSync(join(root, name, 'main.ts'))).map(name => [
    `${name}/${name}`,
    `${name}/main.ts`,
  ])
  try {
    await build({
      absWorkingDir: root,
      entryPoints: Object.fromEntries(entries),
      outdir: 'dist',
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      banner: { js: BANNER },
      logLevel: 'silent',
      nodePaths: await packagesFor(root),
    })
  } catch (error) {
    const faults = (error.errors ?? []).map(
      ({ location, text }) => `${location?.file}:${location?.line} ${text}`,
    )
    throw new SetupError('the services do not bundle', faults.length > 0 ? faults : error.message, error)
  }
}

/** Where a checkout without packages of its own finds them: here if the lockfile is the same, else they are installed. */
async function packagesFor(root) {
  if (existsSync(join(root, 'node_modules'))) return []
  const lockOf = folder => readFileSync(join(folder, 'package-lock.json'), 'utf8')
  if (lockOf(root) === lockOf(ROOT)) return [join(ROOT, 'node_modules')]
  await npmInstall(root)
  return []
}
