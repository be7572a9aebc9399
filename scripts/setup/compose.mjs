import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { aptCandidates, aptInstall, withPackageFromSuite } from './apt.mjs'
import { run } from './command.mjs'
import { refuseUnlessRoot } from './engine.mjs'
import { composeSource } from './packages.mjs'
import { SetupError, say } from './says.mjs'

const PLUGINS = '/usr/local/lib/docker/cli-plugins' // every docker client looks here
const IN_PACKAGE = ['usr/libexec/docker/cli-plugins', 'usr/lib/docker/cli-plugins']

export async function missingCompose() {
  return (await hasCompose()) ? [] : ['Docker Compose 2 (the plugin "docker compose")']
}

/** `docker compose`, version 2 or newer. */
export async function ensureCompose(machine) {
  if (await hasCompose()) return
  const problem = 'Docker Compose 2 is not installed ("docker compose version" fails)'
  if (machine.platform !== 'linux')
    throw new SetupError(problem, 'Install the Compose plugin of your Docker.')
  refuseUnlessRoot(problem, machine)
  const candidates = await aptCandidates(['docker-compose-v2', 'docker-compose-plugin', 'docker-compose'])
  const source = composeSource({ os: machine.os, candidate: name => candidates.get(name) })
  if (source.kind === 'install') await aptInstall([source.package])
  else if (source.kind === 'fetch') await fetchPlugin(source, machine)
  else throw new SetupError(`${problem} and apt has no package of it`, 'Install the Compose plugin by hand.')
  if (await hasCompose()) return
  throw new SetupError('Docker Compose was installed, yet "docker compose version" fails', 'Run it and look.')
}

async function hasCompose() {
  const asked = await run('docker', ['compose', 'version', '--short'], { timeoutMs: 10_000 })
  return asked.code === 0 && Number(/^v?(\d+)/.exec(asked.stdout)?.[1] ?? 0) >= 2
}

async function fetchPlugin(source, machine) {
  say(
    `fetching the Compose plugin (${source.package} of Debian ${source.suite}, from this machine's own mirror)`,
  )
  await withPackageFromSuite({ ...source, codename: machine.os.codename }, tree => {
    const file = IN_PACKAGE.map(place => join(tree, place, 'docker-compose')).find(existsSync)
    if (file === undefined) throw new SetupError(`${source.package} holds no plugin`, 'Install it by hand.')
    mkdirSync(PLUGINS, { recursive: true })
    const target = join(PLUGINS, 'docker-compose')
    const half = `${target}.${process.pid}` // renamed when whole: a plugin cut short would run and fail
    copyFileSync(file, half)
    chmodSync(half, 0o755)
    renameSync(half, target)
  })
}
