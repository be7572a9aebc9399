import { existsSync, readFileSync } from 'node:fs'
import { findProgram } from './command.mjs'

/** What set-up needs to know of the machine before it decides anything. */
export function lookAtMachine() {
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    hasApt: process.platform === 'linux' && findProgram('apt-get') !== undefined,
    // Where systemd is the init, the engine is a service of its own; in most containers and sandboxes it is not.
    hasSystemd: existsSync('/run/systemd/system'),
    os: existsSync('/etc/os-release') ? parseOsRelease(readFileSync('/etc/os-release', 'utf8')) : {},
  }
}

/** `/etc/os-release` as `{ id, versionId, codename }`. */
export function parseOsRelease(text) {
  const value = key => new RegExp(`^${key}=["']?([^"'\n]*)["']?$`, 'm').exec(text)?.[1]
  return { id: value('ID'), versionId: value('VERSION_ID'), codename: value('VERSION_CODENAME') }
}

export function installingForbidden(env = process.env) {
  return !['', '0', undefined].includes(env.ZONEFALL_NO_INSTALL)
}
