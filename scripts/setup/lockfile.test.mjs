import { describe, expect, it } from 'vitest'
import { firstDifference } from './lockfile.mjs'

const a = { version: '1.0.0', integrity: 'sha512-a' }
const lock = packages => ({ packages: { '': { name: 'project' }, ...packages } })
const installed = packages => ({ packages })

describe('lockfile against what is installed', () => {
  it('agrees with itself', () => {
    expect(firstDifference(lock({ 'node_modules/a': a }), installed({ 'node_modules/a': a }))).toBeUndefined()
  })

  it("lets another platform's package be missing", () => {
    const wanted = lock({ 'node_modules/a': a, 'node_modules/b': { ...a, optional: true } })
    expect(firstDifference(wanted, installed({ 'node_modules/a': a }))).toBeUndefined()
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
    expect(firstDifference(lock({ 'node_modules/a': a }), installed(packages))).toBe(difference)
  })
})
