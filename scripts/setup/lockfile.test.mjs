import { describe, expect, it } from 'vitest'
import { firstDifference } from './lockfile.mjs'

const a = { version: '1.0.0', integrity: 'sha512-a' }
const lock = packages => ({ packages: { '': { name: 'project' }, ...packages } })
const LINUX = { os: 'linux', cpu: 'x64' }
const installed = packages => ({ packages })

describe('lockfile against what is installed', () => {
  it('agrees with itself', () => {
    expect(
      firstDifference(lock({ 'node_modules/a': a }), installed({ 'node_modules/a': a }), LINUX),
    ).toBeUndefined()
  })

  it("lets another platform's package be missing", () => {
    const wanted = lock({ 'node_modules/a': a, 'node_modules/b': { ...a, optional: true } })
    expect(firstDifference(wanted, installed({ 'node_modules/a': a }), LINUX)).toBeUndefined()
  })

  it('misses the native part of this platform, which npm drops without a word', () => {
    const native = (cpu, libc) => ({ ...a, optional: true, os: ['linux'], cpu: [cpu], libc: [libc] })
    const others = {
      'node_modules/b-arm64': native('arm64', 'glibc'),
      'node_modules/b-musl': native('x64', 'musl'),
    }
    expect(firstDifference(lock(others), installed({}), LINUX)).toBeUndefined()
    const own = { 'node_modules/b-x64': native('x64', 'glibc') }
    expect(firstDifference(lock(own), installed({}), LINUX)).toBe('node_modules/b-x64 is not installed')
  })

  it.each([
    ['missing', {}, 'node_modules/a is not installed'],
    [
      'another version',
      { 'node_modules/a': { ...a, version: '2.0.0' } },
      'node_modules/a is 2.0.0, not 1.0.0',
    ],
    [
      'another content of the same version',
      { 'node_modules/a': { ...a, integrity: 'sha512-z' } },
      'node_modules/a 1.0.0 is not the locked package',
    ],
    [
      'one too many',
      { 'node_modules/a': a, 'node_modules/c': a },
      'node_modules/c is installed but not locked',
    ],
  ])('tells of a package %s', (_name, packages, difference) => {
    expect(firstDifference(lock({ 'node_modules/a': a }), installed(packages), LINUX)).toBe(difference)
  })
})
