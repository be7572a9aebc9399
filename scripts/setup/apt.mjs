import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseDeb822Sources, parseOneLineSources, sourceForSuite, writeDeb822 } from './apt-sources.mjs'
import { mustRun, run } from './command.mjs'
import { installingForbidden } from './machine.mjs'
import { SetupError, say } from './says.mjs'

const LISTS = '/etc/apt/sources.list'
const PARTS = '/etc/apt/sources.list.d'
// A machine that has just booted upgrades itself; its dpkg is busy then.
const WAIT_FOR_DPKG = ['-o', 'DPkg::Lock::Timeout=300']
const ENV = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }

/** Which version apt would install of each of these packages, as a map; those it does not know are left out. */
export async function aptCandidates(names) {
  const known = await askCandidates(names)
  if (known.size > 0) return known
  say('apt knows no packages yet: apt-get update')
  await mustRun('apt-get', ['update', '-q'], {
    env: ENV,
    whatToDo: 'Are the sources under /etc/apt within reach?',
  })
  return askCandidates(names)
}

async function askCandidates(names) {
  const { stdout } = await run('apt-cache', ['policy', ...names], { env: ENV })
  return parseCandidates(stdout)
}

/** `apt-cache policy`'s output, package by package. */
export function parseCandidates(text) {
  const candidates = new Map()
  let name
  for (const line of text.split('\n')) {
    name = /^(\S+):$/.exec(line)?.[1] ?? name
    const candidate = /^ {2}Candidate: (\S+)$/.exec(line)?.[1]
    if (name !== undefined && candidate !== undefined && candidate !== '(none)')
      candidates.set(name, candidate)
  }
  return candidates
}

export async function aptInstall(packages) {
  if (installingForbidden()) {
    throw new SetupError(`ZONEFALL_NO_INSTALL forbids installing ${packages.join(', ')}`, [
      `apt-get install ${packages.join(' ')}`,
    ])
  }
  say(`installing ${packages.join(', ')} (apt-get install)`)
  const args = ['install', '-y', '-q', '--no-install-recommends', ...WAIT_FOR_DPKG, ...packages]
  const first = await run('apt-get', args, { env: ENV })
  if (first.code === 0) return
  if (first.stderr.includes('dpkg --configure -a')) {
    say('an installation was cut short here: finishing it (dpkg --configure -a)')
    await mustRun('dpkg', ['--configure', '-a'], { env: ENV })
  }
  // A mirror that has moved on since the lists were fetched no longer has what they name.
  await mustRun('apt-get', ['update', '-q'], { env: ENV })
  await mustRun('apt-get', args, { env: ENV, whatToDo: 'Mend that, then try again.' })
}

/** Where this release's own packages come from, asked for another suite: one deb822 source. */
export function sourceOf(suite, codename) {
  const source = sourceForSuite(readSources(), codename, suite)
  if (source !== undefined) return source
  throw new SetupError(`no apt source of ${codename} was found under /etc/apt`, 'Add one, then try again.')
}

function readSources() {
  const parts = ifThere(() => readdirSync(PARTS), []).map(name => join(PARTS, name))
  return [LISTS, ...parts].flatMap(file => {
    if (file.endsWith('.sources')) return parseDeb822Sources(readFileSync(file, 'utf8'))
    if (file === LISTS || file.endsWith('.list'))
      return parseOneLineSources(ifThere(() => readFileSync(file, 'utf8'), ''))
    return []
  })
}

// Debian has the list, or the folder, or both.
function ifThere(read, otherwise) {
  try {
    return read()
  } catch (error) {
    if (error.code === 'ENOENT') return otherwise
    throw error
  }
}

/**
 * Fetches one package of another suite, from the same mirror and checked by the same keys, and hands its
 * unpacked tree to `use`. Nothing of the source list stays: apt's own lists are not touched.
 */
export async function withPackageFromSuite({ package: name, suite, codename }, use) {
  const folder = mkdtempSync(join(tmpdir(), 'zonefall-apt-'))
  try {
    chmodSync(folder, 0o755) // apt fetches as a user of its own
    mkdirSync(join(folder, 'lists', 'partial'), { recursive: true })
    writeFileSync(join(folder, 'one.sources'), writeDeb822(sourceOf(suite, codename)))
    const aside = [
      `Dir::Etc::SourceList=${join(folder, 'one.sources')}`,
      'Dir::Etc::SourceParts=/dev/null',
      `Dir::State::Lists=${join(folder, 'lists')}`,
      'APT::Sandbox::User=root', // the download lands in this folder, which is root's
    ].flatMap(option => ['-o', option])
    await mustRun('apt-get', [...aside, '-q', 'update'], { cwd: folder, env: ENV })
    await mustRun('apt-get', [...aside, '-q', 'download', name], { cwd: folder, env: ENV })
    const file = readdirSync(folder).find(entry => entry.endsWith('.deb'))
    if (file === undefined) throw new SetupError(`apt fetched no file of ${name}`, 'Install it by hand.')
    const tree = join(folder, 'tree')
    await mustRun('dpkg-deb', ['--extract', join(folder, file), tree])
    await use(tree)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
