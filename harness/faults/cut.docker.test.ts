import { beforeAll, expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { cut } from './cut.ts'
import { whatIsOurs } from './network/clear.ts'
import { startPair } from './testing/pair.ts'

const { signal } = new AbortController()
const parametersOf = (given: object) => cut.parameters.parse(given)

let engine: Engine
beforeAll(async () => {
  engine = await connectEngine()
})

test.each([
  [{}, 'timeout', 'timeout'],
  [{ direction: 'in' }, 'timeout', 'timeout'],
  [{ direction: 'out' }, 'timeout', 'timeout'],
  [{ how: 'reject' }, 'ECONNREFUSED', 'ECONNRESET'],
  [{ from: { tier: 'client' } }, 'timeout', 'timeout'],
  [
    { from: { zone: 'zone-client', service: 'client' }, how: 'reject', direction: 'in' },
    'ECONNREFUSED',
    'ECONNRESET',
  ],
])(
  '%j: a new connection ends in %s, an open one in %s, and both are well again',
  async (given, fresh, open) => {
    await using pair = await startPair()
    expect((await pair.ask('kept')).outcome).toBe('ok')
    const fault = await cut.arm(pair.target, engine, parametersOf(given))
    expect((await pair.ask('kept')).outcome).toBe('ok') // armed is not yet broken

    await fault.inject()
    expect(await fault.verify(signal)).toMatchObject({
      ok: true,
      detail: expect.stringContaining('rules of ours'),
    })
    expect((await pair.ask('kept', 500)).outcome).toBe(open)
    expect((await pair.ask('new', 500)).outcome).toBe(fresh)

    await fault.heal()
    expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
    expect((await pair.ask('new')).outcome).toBe('ok')
    await fault.disarm()
    await fault.disarm() // idempotent
    expect(await whatIsOurs(engine, pair.target)).toBe('')
    expect((await engine.surveyProject(pair.project.name)).helpers).toEqual([])
  },
)

test('cut from one, others still reach it', async () => {
  await using pair = await startPair()
  const system = [...pair.target.system]
  const other = await pair.project.start('other', { command: ['sleep', '60'], network: 'own' })
  const reference = { id: other.id, name: other.name, service: 'other', zone: null, tier: 'other' }
  const target = { ...pair.target, system: [...system, reference] }
  const fault = await cut.arm(target, engine, parametersOf({ from: { tier: 'other' } }))
  await fault.inject()
  expect(await fault.verify(signal)).toMatchObject({ ok: true })
  expect((await pair.ask('new')).outcome).toBe('ok')
  await fault.disarm() // clears what was not healed
  expect(await whatIsOurs(engine, target)).toBe('')
})

test('its helper is killed while it is on: another one heals it', async () => {
  await using pair = await startPair()
  const fault = await cut.arm(pair.target, engine, parametersOf({}))
  await fault.inject()
  const helper = fault.undo.find(({ kind }) => kind === 'remove-container')
  await engine.containers.remove(helper && 'id' in helper ? helper.id : '')
  expect(await whatIsOurs(engine, pair.target)).toContain('ZONEFALL-IN')
  await fault.heal()
  expect(await fault.verifyHealed(signal)).toEqual({ ok: true, detail: 'nothing of ours is in its network' })
  expect((await pair.ask('new')).outcome).toBe('ok')
  await fault.disarm()
})

test('nobody to be cut from is refused, before anything is done', async () => {
  await using pair = await startPair()
  await expect(cut.arm(pair.target, engine, parametersOf({ from: { tier: 'gateway' } }))).rejects.toThrow(
    'no other container that runs matches tier=gateway',
  )
})

test('a container without a network of its own is refused: others would be cut off too', async () => {
  await using pair = await startPair()
  const more = { HostConfig: { NetworkMode: `container:${pair.target.id}` } }
  const sharing = await pair.project.start('sharing', { command: ['sleep', '60'], more })
  await expect(cut.arm(sharing, engine, parametersOf({}))).rejects.toThrow('has no network of its own')
})
