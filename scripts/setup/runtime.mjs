import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { firstDifference } from './lockfile.mjs'
import { npmCi } from './npm.mjs'
import { ROOT } from './paths.mjs'
import { SetupError, say } from './says.mjs'

const NODE_MAJOR = 24
const MODULES = join(ROOT, 'node_modules')
const STAMP = join(MODULES, '.zonefall-lock')

/** Where the lockfile puts Node itself on this machine; undefined where it has none for it. */
export const lockedNode =
  process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)
    ? join(MODULES, `node-linux-${process.arch}`)
    : undefined

/** The locked Node's version, such as "24.21.0". */
export function lockedNodeVersion() {
  return JSON.parse(readFileSync(join(lockedNode, 'package.json'), 'utf8')).version
}

export function missingRuntime() {
  const difference = modulesDifference(lockHash())
  return difference ? [`node_modules (npm ci): ${difference}`] : []
}

/** `node_modules` as the lockfile says, Node 24 among them. */
export async function ensureRuntime() {
  requireOwnNode()
  const hash = lockHash()
  const difference = modulesDifference(hash)
  if (difference === undefined) return linkLockedNode()
  if (difference !== '') {
    say(`node_modules: ${difference}; running npm ci`)
    await npmCi({ node: lockedNode && basename(lockedNode), major: NODE_MAJOR })
    requireComplete(hash)
  }
  linkLockedNode()
  writeFileSync(STAMP, hash)
}

function lockHash() {
  return createHash('sha256')
    .update(`${process.platform}-${process.arch}\n`)
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex')
}

/** undefined: in order. Otherwise why not; '' when all is there and only the stamp is missing. */
function modulesDifference(hash) {
  const hidden = join(MODULES, '.package-lock.json') // npm writes it last: without it an install was cut short
  if (!existsSync(hidden)) return 'not installed'
  if (lockedNode !== undefined && !existsSync(join(lockedNode, 'bin', 'node'))) return 'its Node is missing'
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return undefined
  const read = file => JSON.parse(readFileSync(file, 'utf8'))
  const platform = { os: process.platform, cpu: process.arch }
  return firstDifference(read(join(ROOT, 'package-lock.json')), read(hidden), platform) ?? ''
}

function requireOwnNode() {
  if (lockedNode !== undefined) return
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return
  throw new SetupError(
    `Node ${process.versions.node} is too old`,
    `On ${process.platform}-${process.arch} Zonefall runs on your own Node: install Node ${NODE_MAJOR} or newer.`,
  )
}

// npm drops an optional package that it could not fetch, or did not like, and still ends well.
function requireComplete(hash) {
  const difference = modulesDifference(hash)
  if (!difference) return
  throw new SetupError(
    `npm ci ended well, yet: ${difference}`,
    'Run "npm ci --loglevel=verbose" and look why.',
  )
}

// npm 9, which Debian and Ubuntu ship, links no programs of optional packages: without this link every npm script
// would run on the system's own Node.
function linkLockedNode() {
  const link = join(MODULES, '.bin', 'node')
  if (lockedNode === undefined || existsSync(link)) return
  rmSync(link, { force: true }) // one that leads nowhere
  symlinkSync(relative(dirname(link), join(lockedNode, 'bin', 'node')), link)
}
