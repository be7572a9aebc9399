import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join, sep } from 'node:path'
import { findProgram, mustRun, run } from './command.mjs'
import { ROOT, stateFile } from './paths.mjs'
import { SetupError, say } from './says.mjs'

const FLAGS = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
const WHAT_TO_DO = 'Is the npm registry within reach, and package-lock.json in step with package.json?'

/**
 * Installs what the lockfile says. npm leaves out, without a word, every optional package whose `engines` do not
 * hold for the Node that npm itself runs on, and the native parts of our tools are such packages: on an older Node,
 * the locked one (`node`: its package's name; undefined where there is none) is fetched first, for npm to run on.
 */
export async function npmCi({ node, major }) {
  const env = ownEnvironment()
  const fetched = stateFile('npm-node')
  try {
    const needsOther = node !== undefined && (await nodeMajor(env)) < major
    if (needsOther) await fetchNode(node, fetched, env)
    await ci(ROOT, needsOther ? environmentWith(join(fetched, 'bin'), env) : env)
  } finally {
    rmSync(fetched, { recursive: true, force: true })
  }
}

/** The same in another checkout, on the Node that runs this. */
export function npmInstall(root) {
  return ci(root, ownEnvironment())
}

const ci = (cwd, env) => {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  if (process.platform !== 'win32' && findProgram(npm, env.PATH) === undefined) {
    throw new SetupError('npm is not installed', 'Install npm (it comes with Node), then try again.')
  }
  return mustRun(npm, ['ci', ...FLAGS], { cwd, env, timeoutMs: 600_000, whatToDo: WHAT_TO_DO })
}

// npm must not run on the very Node that it is about to remove.
function ownEnvironment() {
  const ownBin = join(ROOT, 'node_modules', '.bin') + sep
  const path = (process.env.PATH ?? '').split(delimiter).filter(place => !(place + sep).startsWith(ownBin))
  return { ...process.env, PATH: path.join(delimiter) }
}

async function nodeMajor(env) {
  const { stdout } = await run('node', ['--version'], { env })
  return Number(/^v(\d+)/.exec(stdout)?.[1] ?? process.versions.node.split('.')[0])
}

// A project of that one package, with the lockfile's own entry, so that npm checks it by the same hash.
async function fetchNode(name, folder, env) {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
  const { optional, ...entry } = lock.packages[`node_modules/${name}`]
  say(`fetching Node ${entry.version} for npm to run on`)
  const project = { name: 'npm-node', version: '0.0.0', dependencies: { [name]: entry.version } }
  const packages = { '': project, [`node_modules/${name}`]: entry }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...project, private: true }))
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ ...project, lockfileVersion: lock.lockfileVersion, requires: true, packages }),
  )
  await ci(folder, env)
  symlinkSync(join('..', 'node_modules', name, 'bin', 'node'), join(folder, 'bin', 'node'))
}

// A distribution's Node trusts the machine's own certificates; the locked one does when told to.
function environmentWith(bin, env) {
  const options = [env.NODE_OPTIONS, '--use-system-ca'].filter(Boolean).join(' ')
  return { ...env, PATH: [bin, env.PATH].join(delimiter), NODE_OPTIONS: options }
}
