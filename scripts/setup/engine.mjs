import { aptCandidates, aptInstall } from './apt.mjs'
import { findProgram, run } from './command.mjs'
import { startEngine } from './engine-start.mjs'
import { enginePackages } from './packages.mjs'
import { SetupError } from './says.mjs'

const LOCAL_SOCKETS = ['unix:///var/run/docker.sock', 'unix:///run/docker.sock']

/**
 * The engine that the docker client reaches, as `{ apiVersion, os, arch }`, or why there is none:
 * `{ reason }`. What it is asked by is the user's own: DOCKER_HOST and docker's context hold.
 */
async function askEngine() {
  if (findProgram('docker') === undefined) return { reason: 'the docker client is not installed' }
  const format = '{{.Server.APIVersion}} {{.Server.Os}} {{.Server.Arch}}'
  const asked = await run('docker', ['version', '--format', format], { timeoutMs: 10_000 })
  const [apiVersion, os, arch] = asked.stdout.trim().split(' ')
  if (asked.code === 0 && /^\d/.test(apiVersion)) return { apiVersion, os, arch }
  return { reason: asked.reason ?? (asked.stderr.trim().split('\n').at(-1) || 'it did not answer') }
}

export async function missingEngine() {
  if ((await askEngine()).apiVersion !== undefined) return []
  return ['docker', 'dockerd', 'iptables']
    .filter(name => findProgram(name) === undefined)
    .map(name => `${name} (package ${name === 'iptables' ? name : 'docker.io'})`)
}

/** An engine that answers: the one there is, or else one installed and started here. */
export async function ensureEngine(machine) {
  const engine = await askEngine()
  if (engine.apiVersion !== undefined) return engine
  await refuseUnlessOurs(engine.reason, machine)
  const has = name => findProgram(name) !== undefined
  if (!['docker', 'dockerd', 'iptables'].every(has)) await installEngine(has)
  await startEngine(machine)
  const started = await askEngine()
  if (started.apiVersion !== undefined) return started
  throw new SetupError(`the Docker engine was started, but: ${started.reason}`, 'Look at: docker version')
}

async function installEngine(has) {
  const candidates = await aptCandidates(['docker.io', 'docker-cli', 'iptables'])
  await aptInstall(enginePackages({ has, candidate: name => candidates.get(name) }))
}

// An engine elsewhere is the user's to start, and only root on a machine with apt can be given one here.
async function refuseUnlessOurs(reason, machine) {
  const elsewhere = await engineElsewhere()
  if (elsewhere !== undefined) {
    throw new SetupError(`the Docker engine at ${elsewhere} does not answer: ${reason}`, [
      'Start it, or point DOCKER_HOST (or "docker context use") at one that runs.',
    ])
  }
  if (machine.platform !== 'linux') {
    throw new SetupError(
      `no Docker engine answers: ${reason}`,
      'Start Docker Desktop or Colima, then try again.',
    )
  }
  if (/permission denied/i.test(reason)) {
    throw new SetupError('this user may not talk to the Docker engine', [
      'Run this, log in anew, then try again:',
      '  sudo usermod -aG docker "$USER"',
    ])
  }
  refuseUnlessRoot(`no Docker engine answers (${reason})`, machine)
}

/** Ends set-up with the exact commands when the machine must be changed and this user cannot. */
export function refuseUnlessRoot(problem, machine) {
  if (!machine.hasApt) {
    throw new SetupError(`${problem}, and this machine has no apt to install it with`, [
      "Install these by your distribution's means, start the engine, then try again:",
      '  Docker Engine 20.10 or newer, its Compose plugin 2.x, iptables, iproute2',
    ])
  }
  if (machine.isRoot) return
  throw new SetupError(`${problem}, and only root can change that`, [
    'Run these, log in anew, then try again:',
    `  sudo "${process.execPath}" scripts/setup.mjs --machine`,
    '  sudo usermod -aG docker "$USER"',
  ])
}

async function engineElsewhere() {
  const fromEnv = process.env.DOCKER_HOST
  if (fromEnv) return LOCAL_SOCKETS.includes(fromEnv) ? undefined : fromEnv
  if (findProgram('docker') === undefined) return undefined
  const format = '{{.Endpoints.docker.Host}}'
  const asked = await run('docker', ['context', 'inspect', '--format', format], { timeoutMs: 10_000 })
  const host = asked.stdout.trim()
  return host === '' || LOCAL_SOCKETS.includes(host) ? undefined : host
}
