import { describe, expect, it } from 'vitest'
import { parseCandidates } from './apt.mjs'
import { parseOsRelease } from './machine.mjs'
import { composeSource, enginePackages, packingPackages } from './packages.mjs'

const machineWith =
  (...programs) =>
  name =>
    programs.includes(name)
const apt = versions => name => versions[name]

describe('what brings an engine', () => {
  it('on a bare Debian 12: client and engine are one package', () => {
    expect(enginePackages({ has: machineWith(), candidate: apt({ 'docker.io': '20.10' }) })).toEqual([
      'docker.io',
      'iptables',
    ])
  })

  it('on a bare Debian 13: the client is a package of its own', () => {
    const candidate = apt({ 'docker.io': '26.1', 'docker-cli': '26.1' })
    expect(enginePackages({ has: machineWith(), candidate })).toEqual(['docker.io', 'docker-cli', 'iptables'])
  })

  it('where only the client is: the engine alone', () => {
    expect(enginePackages({ has: machineWith('docker', 'iptables'), candidate: apt({}) })).toEqual([
      'docker.io',
    ])
  })
})

describe('where Compose 2 comes from', () => {
  const debian = { id: 'debian', codename: 'bookworm' }

  it.each([
    [
      'Ubuntu',
      { id: 'ubuntu' },
      { 'docker-compose-v2': '2.24' },
      { kind: 'install', package: 'docker-compose-v2' },
    ],
    ['Debian 13', debian, { 'docker-compose': '2.26.1-4' }, { kind: 'install', package: 'docker-compose' }],
    [
      'an epoch before it',
      debian,
      { 'docker-compose': '1:2.26.1' },
      { kind: 'install', package: 'docker-compose' },
    ],
    [
      'Debian 12',
      debian,
      { 'docker-compose': '1.29.2-3' },
      { kind: 'fetch', package: 'docker-compose', suite: 'trixie' },
    ],
    ['a system that has none', { id: 'other' }, {}, { kind: 'none' }],
  ])('%s', (_name, os, versions, source) => {
    expect(composeSource({ os, candidate: apt(versions) })).toEqual(source)
  })
})

it('packing needs iptables, and iproute2 for ip and tc; conntrack is welcome', () => {
  expect(packingPackages({ has: machineWith('ip') })).toEqual({
    needed: ['iptables', 'iproute2'],
    welcome: ['conntrack'],
  })
  expect(packingPackages({ has: machineWith('ip', 'tc', 'iptables', 'conntrack') })).toEqual({
    needed: [],
    welcome: [],
  })
})

it("reads apt-cache's candidates, and leaves out what has none", () => {
  const text = `docker.io:
  Installed: (none)
  Candidate: 20.10.24+dfsg1-1
  Version table:
     20.10.24+dfsg1-1 500
gone:
  Installed: 1.0
  Candidate: (none)
  Version table:
`
  expect([...parseCandidates(text)]).toEqual([['docker.io', '20.10.24+dfsg1-1']])
})

it('reads os-release with and without quotes', () => {
  expect(parseOsRelease('PRETTY_NAME="X"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n')).toEqual({
    id: 'debian',
    versionId: '12',
    codename: 'bookworm',
  })
})
