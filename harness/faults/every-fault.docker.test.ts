import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { compare } from '../residue/compare.ts'
import { takeSnapshot } from '../residue/snapshot.ts'
import { type SmallRun, smallRun, systemOf } from '../testing/small-system.ts'
import { zonefall } from '../testing/zonefall-process.ts'
import { carryOut } from '../undo/undo-entry.ts'
import { FAULTS } from './catalogue.ts'
import type { ArmedFault, Fault } from './fault.ts'

// What every fault owes, whatever it does: it takes hold, and both ways of undoing it leave the target as it was.

const { signal } = new AbortController()
const TARGETS = [{ service: 'web', number: 1, zone: 'a', tier: 'small' }]

let engine: Engine
let small: SmallRun
beforeAll(async () => {
  engine = await connectEngine()
  small = await smallRun('every-fault', 'kill')
  expect((await zonefall(['up', ...systemOf(small)], small.env)).code).toBe(0)
})
afterAll(async () => {
  expect((await zonefall(['down', ...systemOf(small)], small.env)).code).toBe(0)
})

const kinds = FAULTS.map(fault => [fault.kind, fault] as const)

/** Injects the fault, has it undone, and says what is not as it was. */
async function residueOf(
  fault: Fault,
  undo: (armed: ArmedFault) => Promise<void>,
): Promise<readonly string[]> {
  const { project, web } = small
  const found = (await engine.containers.list(project)).find(({ name }) => name === web)
  const target = { id: found?.id ?? '', name: web, project, system: [] }
  const before = await takeSnapshot(engine, project, TARGETS)
  const armed = await fault.arm(target, engine, fault.parameters.parse({}))
  await armed.inject()
  expect(await armed.verify(signal)).toMatchObject({ ok: true })
  await undo(armed)
  expect(await armed.verifyHealed(signal)).toMatchObject({ ok: true })
  expect((await engine.surveyProject(project)).helpers).toEqual([])
  const replaced = fault.leaves === undefined ? [] : [web]
  return compare(before, await takeSnapshot(engine, project, TARGETS), replaced).residue
}

test.each(kinds)('%s heals, and leaves nothing', async (_, fault) => {
  const residue = await residueOf(fault, async armed => {
    await armed.heal()
    await armed.disarm()
  })
  expect(residue).toEqual([])
})

test.each(kinds)('what the journal has of a %s undoes it too, any number of times', async (_, fault) => {
  const residue = await residueOf(fault, async armed => {
    for (const entry of [...armed.undo, ...armed.undo].reverse()) await carryOut(entry, engine)
  })
  expect(residue).toEqual([])
})
