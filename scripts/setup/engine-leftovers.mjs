import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

// A killed engine leaves these, and the next one stops at them: it takes a pid file for a living engine as
// soon as any process has that number, and waits for a containerd that is long gone.
const RUN = '/var/run'
const PIDS = [
  { file: 'docker.pid', program: 'dockerd' },
  { file: 'docker/containerd/containerd.pid', program: 'containerd' },
]
const SOCKETS = [
  { file: 'docker.sock', program: 'dockerd' },
  { file: 'docker/containerd/containerd.sock', program: 'containerd' },
]

/** The process id of an engine that runs here, whether it answers or not. */
export function livingEngine(proc = '/proc') {
  return processesNamed('dockerd', proc)[0]
}

/**
 * Removes what a dead engine left, and nothing that belongs to a living process; call it when no engine runs.
 * A containerd that outlived its engine keeps its files: the next engine takes it over by them.
 */
export function clearLeftovers(run = RUN, proc = '/proc') {
  const stalePids = PIDS.filter(({ file, program }) => {
    const pid = readPid(join(run, file))
    return pid !== undefined && nameOf(pid, proc) !== program
  })
  const staleSockets = SOCKETS.filter(({ file, program }) => {
    const isThere = statSync(join(run, file), { throwIfNoEntry: false }) !== undefined
    return isThere && processesNamed(program, proc).length === 0
  })
  const files = [...stalePids, ...staleSockets].map(({ file }) => file)
  for (const file of files) rmSync(join(run, file), { force: true })
  return files
}

function readPid(file) {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined
  const pid = Number(readFileSync(file, 'utf8').trim())
  return Number.isInteger(pid) ? pid : 0
}

function processesNamed(name, proc) {
  return readdirSync(proc)
    .filter(entry => /^\d+$/.test(entry))
    .map(Number)
    .filter(pid => nameOf(pid, proc) === name)
}

function nameOf(pid, proc) {
  try {
    const stat = readFileSync(join(proc, String(pid), 'stat'), 'utf8')
    const isZombie = stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
    return isZombie ? undefined : stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'ENOTDIR'].includes(error.code)) return undefined // it ended while we looked
    throw error
  }
}
