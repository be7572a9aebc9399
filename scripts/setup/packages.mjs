/** Which packages to install where: decided from what there is, so that it can be tested anywhere. */

/** Debian 12 has Compose 1 only; this suite's 2.26.1 needs nothing but a libc that Debian 12 has. */
const BORROWED_SUITE = 'trixie'

/** What brings the engine: Debian 13 has the client in a package of its own. */
export function enginePackages({ has, candidate }) {
  const packages = []
  if (!has('dockerd')) packages.push('docker.io')
  if (!has('docker')) packages.push(candidate('docker-cli') === undefined ? 'docker.io' : 'docker-cli')
  if (!has('iptables')) packages.push('iptables')
  return [...new Set(packages)]
}

/** Where Compose 2 comes from: `install` a package, `fetch` one package's plugin from another suite, or `none`. */
export function composeSource({ os, candidate }) {
  for (const name of ['docker-compose-v2', 'docker-compose-plugin']) {
    if (candidate(name) !== undefined) return { kind: 'install', package: name }
  }
  const version = candidate('docker-compose')
  if (version !== undefined && majorOf(version) >= 2) return { kind: 'install', package: 'docker-compose' }
  if (os.id === 'debian') return { kind: 'fetch', package: 'docker-compose', suite: BORROWED_SUITE }
  return { kind: 'none' }
}

/** What the machine lacks for packing images from its own programs; without what is `welcome` they serve too. */
export function packingPackages({ has }) {
  const needed = []
  if (!has('iptables')) needed.push('iptables')
  if (!has('ip') || !has('tc')) needed.push('iproute2')
  return { needed, welcome: has('conntrack') ? [] : ['conntrack'] }
}

/** `1:2.26.1-4` → 2 */
function majorOf(version) {
  return Number(/^(?:\d+:)?(\d+)/.exec(version)?.[1] ?? 0)
}
