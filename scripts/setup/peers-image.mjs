import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aptInstall, sourceOf } from './apt.mjs'
import { findProgram, mustRun } from './command.mjs'
import { inspectImages } from './docker-images.mjs'
import { refuseUnlessRoot } from './engine.mjs'
import { say } from './says.mjs'

/** Real HAProxy and nginx: what our balancer is measured against, and a system that is not ours to test on. */
const PEERS_IMAGE = 'zonefall/peers:1'

const PACKAGES = ['haproxy', 'nginx-light', 'busybox']
const LEFT_OUT = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*']

/** A real Debian with the two, made by mmdebstrap from this machine's own mirror: 20 s, once. */
export async function ensurePeersImage(machine) {
  if ((await inspectImages([PEERS_IMAGE])).has(PEERS_IMAGE)) return
  if (findProgram('mmdebstrap') === undefined) {
    refuseUnlessRoot('mmdebstrap is not installed (the tests need it for HAProxy and nginx)', machine)
    await aptInstall(['mmdebstrap'])
  }
  const { codename, id } = machine.os
  say(`making ${PEERS_IMAGE} (HAProxy and nginx on ${codename}) from this machine's own mirror: about 20 s`)
  const folder = mkdtempSync(join(tmpdir(), 'zonefall-peers-'))
  try {
    const tar = join(folder, 'peers.tar')
    const { uris, options } = sourceOf(codename, codename)
    const signedBy = options['Signed-By'] ? `[signed-by=${options['Signed-By']}] ` : ''
    const line = `deb ${signedBy}${uris[0]} ${codename} main${id === 'ubuntu' ? ' universe' : ''}`
    const excludes = LEFT_OUT.map(path => `--dpkgopt=path-exclude=${path}`)
    await mustRun('mmdebstrap', [
      '--variant=essential',
      `--include=${PACKAGES.join(',')}`,
      ...excludes,
      codename,
      tar,
      line,
    ])
    await mustRun('docker', ['import', '-', PEERS_IMAGE], { input: createReadStream(tar) })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
