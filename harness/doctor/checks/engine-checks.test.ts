import { describe, expect, it, test } from 'vitest'
import { judgeApiVersion } from './api-version.ts'
import { judgeCgroup } from './cgroup.ts'
import { judgeClock } from './clock.ts'
import { judgeClockSkew } from './clock-skew.ts'
import { judgeCompose } from './compose.ts'
import { judgeEndpoint } from './engine.ts'
import { judgeImages } from './images.ts'
import { judgeRootless } from './rootless.ts'
import { judgeStorageDriver } from './storage-driver.ts'

// What engines say of themselves, as they were asked, and what follows from it.

test.each([
  ['unix:///var/run/docker.sock', 'fine'],
  ['npipe:////./pipe/docker_engine', 'fine'],
  ['tcp://127.0.0.1:2375', 'fine'],
  ['tcp://10.0.0.7:2376', 'limited'],
  ['ssh://me@build-host', 'limited'],
] as const)('an engine at %s is %s', (endpoint, status) => {
  expect(judgeEndpoint(endpoint, 'Docker 20.10').status).toBe(status)
})

test.each([
  ['1.41', '20.10.24+dfsg1', 'fine'],
  ['1.51', '28.3.0', 'fine'],
  ['2.0', '99.0', 'fine'],
  ['1.40', '19.03.15', 'broken'],
  ['1.9', '1.9.1', 'broken'],
  ['', 'unknown', 'broken'],
] as const)('API version %s is %s', (api, server, status) => {
  expect(judgeApiVersion(api, server).status).toBe(status)
})

it('an engine that is too old is told with what it speaks, what is needed and what to install', () => {
  expect(judgeApiVersion('1.40', '19.03.15')).toEqual({
    status: 'broken',
    detail: 'The engine (19.03.15) speaks version 1.40 of the API; 1.41 is needed.',
    advice: 'Install Docker Engine 20.10 or newer.',
  })
})

test.each([
  ['2.26.1-4', 'fine'],
  ['v2.40.0-desktop.1', 'fine'],
  ['1.29.2', 'broken'],
  ['', 'broken'],
] as const)('Compose %s is %s', (version, status) => {
  expect(judgeCompose(version).status).toBe(status)
})

test.each([
  ['x86_64', 'fine'],
  ['aarch64', 'limited'],
] as const)('an engine on %s is %s for skewed clocks', (architecture, status) => {
  expect(judgeClockSkew(architecture).status).toBe(status)
})

describe('cgroup', () => {
  it.each([
    ['version 1', { cgroupVersion: '1', cgroupDriver: 'cgroupfs', unlimitable: [] }, 'fine'],
    ['version 2', { cgroupVersion: '2', cgroupDriver: 'systemd', unlimitable: [] }, 'fine'],
    ['rootless on version 1', { cgroupVersion: '1', cgroupDriver: 'none', unlimitable: [] }, 'limited'],
    ['no CFS quota', { cgroupVersion: '2', cgroupDriver: 'cgroupfs', unlimitable: ['cpu'] }, 'limited'],
  ] as const)('%s', (_name, facts, status) => {
    expect(judgeCgroup(facts).status).toBe(status)
  })

  it('names what cannot be limited', () => {
    const facts = { cgroupVersion: '1', cgroupDriver: 'cgroupfs', unlimitable: ['memory', 'pids'] }
    expect(judgeCgroup(facts).detail).toBe('version 1, driver cgroupfs; the engine cannot limit memory, pids')
  })
})

test.each([
  [['name=seccomp,profile=default'], 'fine'],
  [['name=seccomp,profile=default', 'name=rootless', 'name=cgroupns'], 'limited'],
  [['name=apparmor', 'name=userns'], 'limited'],
  [[], 'fine'],
] as const)('security options %j are %s', (options, status) => {
  expect(judgeRootless(options).status).toBe(status)
})

test.each([
  ['overlay2', 'fine'],
  ['overlayfs', 'fine'],
  ['vfs', 'limited'],
  ['devicemapper', 'limited'],
] as const)('storage driver %s is %s', (driver, status) => {
  expect(judgeStorageDriver(driver).status).toBe(status)
})

describe('images', () => {
  const all = [
    'zonefall/node:24',
    'zonefall/toolbox:1',
    'zonefall/lb:local',
    'zonefall/gateway:local',
    'zonefall/app:local',
  ]

  it('all there', () => {
    expect(judgeImages(all).status).toBe('fine')
  })

  it('the missing ones are named, with what makes them', () => {
    expect(judgeImages(all.filter(image => image !== 'zonefall/app:local'))).toEqual({
      status: 'broken',
      detail: 'Missing: zonefall/app:local.',
      advice: 'Run `npm run setup`, which builds or packs them.',
    })
  })
})

describe('the engine’s clock', () => {
  const wallNs = 1_795_521_600_000_000_000n

  it('bounds its offset against the wall clock, which is read to a millisecond', () => {
    const bound = { lowerNs: wallNs - 2_000_000n, upperNs: wallNs + 4_000_000n }
    expect(judgeClock(bound, wallNs)).toEqual({
      status: 'fine',
      detail: '−3.0 to 4.0 ms ahead of this machine’s, known to 6.0 ms',
      advice: null,
    })
  })

  it('an engine that answers slowly limits what can be known; one whose clock is another does not', () => {
    const slow = { lowerNs: wallNs, upperNs: wallNs + 80_000_000n }
    expect(judgeClock(slow, wallNs).status).toBe('limited')
    const another = { lowerNs: wallNs + 3_600_000_000_000n, upperNs: wallNs + 3_600_005_000_000n }
    expect(judgeClock(another, wallNs).status).toBe('fine')
  })
})
