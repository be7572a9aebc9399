import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { clearLeftovers, livingEngine } from './engine-leftovers.mjs'

let folder
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zonefall-leftovers-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const put = (path, text) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
const process = (pid, name, state = 'S') => put(`proc/${pid}/stat`, `${pid} (${name}) ${state} 1 1 1`)
const clear = () => clearLeftovers(join(folder, 'run'), join(folder, 'proc'))

it('removes the pid file of a dead engine, even when its number now belongs to another process', () => {
  put('run/docker.pid', '41')
  put('run/docker.sock', '')
  process(41, 'sleep')
  expect(clear()).toEqual(['docker.pid', 'docker.sock'])
  expect(readdirSync(join(folder, 'run'))).toEqual([])
})

it('leaves a living containerd its files: the next engine takes it over', () => {
  put('run/docker.pid', '41')
  put('run/docker/containerd/containerd.pid', '42')
  put('run/docker/containerd/containerd.sock', '')
  process(42, 'containerd')
  expect(clear()).toEqual(['docker.pid'])
})

it('takes a zombie for dead', () => {
  process(41, 'dockerd', 'Z')
  expect(livingEngine(join(folder, 'proc'))).toBeUndefined()
  process(43, 'dockerd')
  expect(livingEngine(join(folder, 'proc'))).toBe(43)
})
