import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseStats, stateOf } from './haproxy-stats.ts'

/** The page of Debian's HAProxy 2.6.12, all of whose servers were brought into the state that they are named for. */
const page = await readFile(new URL('testing/haproxy-2.6-stats.csv', import.meta.url), 'utf8')

test('every state that a server can be in, and nothing but servers', () => {
  const told = parseStats(page).map(({ server, state, cause }) => [server, state, cause])
  expect(told).toEqual([
    ['web/up', 'up', 'UP, L7OK'],
    ['web/going-down', 'up', 'UP 47/60, L4CON'],
    ['web/down', 'down', 'DOWN, L4CON'],
    ['web/going-up', 'down', 'DOWN 13/60, L7OK'],
    ['web/maint', 'drain', 'MAINT'],
    ['web/maint-via', 'drain', 'MAINT (via web/maint)'],
    ['web/no-name', 'down', 'MAINT (resolution)'],
    ['web/drain', 'drain', 'DRAIN, L7OK'],
    ['web/drain-down', 'drain', 'DRAIN 47/60, L4CON'],
    ['web/no-lb', 'drain', 'NOLB, L7OKC'],
    ['web/agent-down', 'down', 'DOWN (agent), L7OK'],
    ['web/agent-drain', 'drain', 'DRAIN (agent), L7OK'],
    ['web/no-check', 'up', 'no check'],
    ['web/no-weight', 'drain', 'UP, L7OK'],
    ['web/backup', 'up', 'UP, L7OK'],
    ['web/says-no', 'down', 'DOWN, L7STS'], // its line has a cell with commas and quotes
    ['api/up', 'up', 'UP, L4OK'],
  ])
})

test('the address, where it is told', () => {
  const addresses = new Map(parseStats(page).map(({ server, address }) => [server, address]))
  expect(addresses.get('web/up')).toBe('127.0.0.1:8081')
  expect(addresses.get('web/says-no')).toBe('127.0.0.1:8083')
  expect(addresses.get('web/no-name')).toBeNull()
})

test('columns are found by their names, whatever else a cell holds', () => {
  const cell = fc.string().map(text => `"${text.replaceAll('"', '""')}"`)
  fc.assert(
    fc.property(cell, fc.constantFrom('', ' '), (before, after) => {
      const csv = `# ${before},type,svname,status,${before},pxname,weight,\n${before},2,s,UP 1/3,${before},b,1,${after}\n\n`
      expect(parseStats(csv)).toEqual([{ server: 'b/s', address: null, state: 'up', cause: 'UP 1/3' }])
    }),
  )
})

test('anything else is said, and is no empty list of servers', () => {
  expect(() => parseStats('')).toThrow('not statistics of HAProxy: nothing')
  expect(() => parseStats('<html>\n')).toThrow('not statistics of HAProxy: <html>')
  expect(() => parseStats('Permission denied\n')).toThrow('Permission denied')
  expect(() => parseStats('# pxname,svname,\n')).toThrow('without the column `status`')
  expect(() => stateOf('SIDEWAYS', '1')).toThrow('SIDEWAYS')
})
