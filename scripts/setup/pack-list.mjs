import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from './command.mjs'

/**
 * What goes into images packed from the machine: a system just large enough to serve (the base image), and what
 * changes a network or a limit besides (the toolbox, which fault helpers run in). `needed` must be there; `welcome`
 * need not.
 */

const SYSTEM = {
  needed: ['sh', 'bash', 'cat', 'ls', 'sleep', 'head', 'tail', 'id', 'env', 'grep', 'df', 'timeout'],
  welcome: [
    ...['busybox', 'kill', 'pgrep', 'ps', 'nice', 'nproc', 'hostname', 'getent'],
    ...['chmod', 'chown', 'cp', 'date', 'dd', 'echo', 'ln', 'mkdir', 'mktemp', 'mv', 'rm', 'touch'],
    ...['basename', 'cut', 'dirname', 'expr', 'false', 'printf', 'readlink', 'sed', 'seq', 'sort'],
    ...['stat', 'tee', 'test', 'tr', 'true', 'uname', 'uniq', 'wc', 'xargs', 'awk'],
  ],
}

const TOOLBOX = {
  needed: ['iptables', 'iptables-save', 'ip', 'tc', 'prlimit', 'perl'],
  welcome: [
    ...['ss', 'nft', 'conntrack', 'ip6tables'],
    ...['iptables-restore', 'ip6tables-save', 'ip6tables-restore'],
    ...['iptables-nft', 'iptables-nft-save', 'iptables-nft-restore'],
    ...['iptables-legacy', 'iptables-legacy-save', 'iptables-legacy-restore'],
    ...['ip6tables-nft', 'ip6tables-legacy'],
  ],
}

export const systemPrograms = () => findAll(SYSTEM)
export const toolboxPrograms = () => findAll(TOOLBOX)

/** `{ programs, missing }`: the full paths found, and the names that must be there but are not. */
function findAll({ needed, welcome }) {
  const find = name => findProgram(name)
  return {
    programs: [...needed, ...welcome].map(find).filter(file => file !== undefined),
    missing: needed.filter(name => find(name) === undefined),
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
