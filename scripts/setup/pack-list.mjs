import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from './command.mjs'

/** What goes into an image packed from the machine: a system just large enough to serve and to be broken. */

const REQUIRED = ['sh', 'bash', 'cat', 'ls', 'sleep', 'head', 'id', 'env', 'iptables', 'ip', 'tc']

const WELCOME = [
  ...['busybox', 'kill', 'pgrep', 'ps', 'nice', 'timeout', 'nproc', 'hostname', 'getent'],
  ...[
    'chmod',
    'chown',
    'cp',
    'date',
    'dd',
    'df',
    'echo',
    'ln',
    'mkdir',
    'mktemp',
    'mv',
    'rm',
    'touch',
    'tee',
  ],
  ...[
    'basename',
    'cut',
    'dirname',
    'expr',
    'false',
    'grep',
    'printf',
    'readlink',
    'sed',
    'seq',
    'sort',
    'stat',
  ],
  ...['tail', 'test', 'tr', 'true', 'uname', 'uniq', 'wc', 'xargs', 'awk'],
  ...['ss', 'nft', 'conntrack', 'ip6tables'],
  ...['iptables-save', 'iptables-restore', 'ip6tables-save', 'ip6tables-restore'],
  ...['iptables-nft', 'iptables-nft-save', 'iptables-nft-restore'],
  ...['iptables-legacy', 'iptables-legacy-save', 'iptables-legacy-restore'],
  ...['ip6tables-nft', 'ip6tables-legacy'],
]

/** `{ programs, missing }`: the full paths found, and the names that must be there but are not. */
export function programsToPack() {
  const find = name => findProgram(name)
  return {
    programs: [...REQUIRED, ...WELCOME].map(find).filter(file => file !== undefined),
    missing: REQUIRED.filter(name => find(name) === undefined),
  }
}

/** Folders of modules that iptables and tc load by name, so that `ldd` cannot know of them. */
export function moduleFolders() {
  const places = ['/usr/lib', ...subfolders('/usr/lib').filter(place => place.includes('-linux-'))]
  return places.flatMap(place => ['xtables', 'tc'].map(name => join(place, name))).filter(existsSync)
}

/** Name resolution's own plug-ins, which libc loads by name where they are not part of it. */
export function nameServiceLibraries(libcFolder) {
  return readdirSync(libcFolder)
    .filter(name => /^libnss_(files|dns)\.so\.2$/.test(name))
    .map(name => join(libcFolder, name))
}

function subfolders(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => join(folder, entry.name))
}
