import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { TrialClock } from '../clock/trial-clock.ts'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { createThrowawayProject, type ThrowawayTarget } from '../docker/testing/throwaway-project.ts'
import { experimentSchema } from '../experiment/experiment.ts'
import { findFault } from '../faults/catalogue.ts'
import type { ContainerRef, HistoryEvent } from '../history/event.ts'
import type { Strike, TrialPlan } from '../plan/trial-plan.ts'
import { UndoJournal } from '../undo/journal.ts'
import { undoOutstanding } from '../undo/undo.ts'
import { Strikes } from './strikes.ts'

// The interpreter of a timeline on real containers, without traffic: it resolves when everything has come.

const { signal } = new AbortController()
/** Longer than any test: whoever lasts to its end is healed when the test says so. */
const HOLD_MS = 600_000

let engine: Engine
beforeAll(async () => {
  engine = await connectEngine()
})

function referenceOf({ id, name }: ThrowawayTarget): ContainerRef {
  return { id, name, service: null, zone: null, tier: null }
}

function strike(kind: string, target: ContainerRef, more: Partial<Strike> & { told?: object } = {}): Strike {
  const { told, ...rest } = more
  const fault = findFault(kind)
  const parameters = fault.parameters.parse(told ?? {}) as Record<string, unknown>
  return {
    entry: 0,
    fault: {
      kind,
      parameters,
      effect: fault.effect(parameters),
      tells: fault.tells,
      ...rollOutOf(kind, parameters),
    },
    target,
    atMs: 0,
    untilMs: HOLD_MS,
    ...rest,
  }
}

function rollOutOf(kind: string, parameters: Record<string, unknown>) {
  const rollOut = findFault(kind).rollOut?.(parameters)
  return rollOut === undefined ? {} : { rollOut }
}

/** Of an experiment that says nothing else. */
function planOf(strikes: readonly Strike[]): TrialPlan {
  const [first] = strikes
  if (!first) throw new RangeError('no strike')
  const said = { name: 'timeline', title: '', shows: '', expected: '', target: {}, fault: { kind: 'kill' } }
  const { faults: _, ...experiment } = experimentSchema.parse({ ...said, slos: ['lost_ms max < 800'] })
  return {
    ...experiment,
    experiment: experiment.name,
    trial: 1,
    trials: 1,
    seed: 1,
    url: 'http://127.0.0.1:1/',
    fault: first.fault,
    target: first.target,
    strikes,
    peers: [first.target],
    timing: { ...experiment.timing, holdMs: HOLD_MS },
    phaseMs: 0,
    instanceHeader: 'x-instance',
  }
}

/** Arms a timeline; `told` is what the history has of it. */
async function arm(project: string, references: readonly ContainerRef[], strikes: readonly Strike[]) {
  const plan = planOf(strikes)
  const clock = new TrialClock(process.hrtime.bigint())
  clock.boundEngine(await engine.measureClock(3))
  const journal = await UndoJournal.create(join(await mkdtemp(join(tmpdir(), 'zonefall-test-')), 'journal'))
  const events: HistoryEvent[] = []
  const around = {
    project,
    references,
    engine,
    journal,
    clock,
    record: (event: HistoryEvent) => events.push(event),
  }
  return { strikes: await Strikes.arm(plan, around), journal, clock, events }
}

/** What was done, in order: `pause web inject`. */
function deeds(events: readonly HistoryEvent[], project: string): string[] {
  const shortOf = ({ name }: ContainerRef) => name.replace(`${project}-`, '').replace(/-1$/, '')
  return events.flatMap(event => {
    if (event.type === 'fault') return [`${event.action} ${event.fault} ${shortOf(event.container)}`]
    if (event.type === 'roll-out') return [`${shortOf(event.container)} ${event.ok ? 'ready' : 'not ready'}`]
    if (event.type === 'strike-withheld') return [`${shortOf(event.container)} left alone`]
    return []
  })
}

test('each strike comes at its instant, those on one container after another or beside it; what is over is settled', async () => {
  await using project = createThrowawayProject()
  const [web, side] = await Promise.all([project.start('web', LISTENING), project.start('side', LISTENING)])
  const [a, b] = [referenceOf(web), referenceOf(side)]
  const timeline = [
    strike('pause', a, { atMs: 0, untilMs: 200 }),
    strike('cut', a, { atMs: 100, untilMs: 600 }),
    strike('pause', a, { atMs: 400, untilMs: 600 }),
    strike('kill', b, { atMs: 500, untilMs: 700 }),
    strike('remove', a, { atMs: 1200, untilMs: 1400 }),
    strike('cut', a, { atMs: 2000 }),
  ]
  const { strikes, journal, clock, events } = await arm(project.name, [a, b], timeline)
  const beganUs = clock.nowUs()
  await strikes.run(beganUs, signal)

  for (const [place, { atMs, untilMs, fault }] of timeline.entries()) {
    const [inject, heal] = events.filter(event => event.type === 'fault' && event.strike === place)
    expect(inject).toMatchObject({ action: 'inject', fault: fault.kind })
    expect((inject?.atUs ?? 0) - beganUs).toBeGreaterThanOrEqual(atMs * 1000 - 2000) // a timer may be early by a ms
    if (untilMs === HOLD_MS) expect(heal).toBe(undefined)
    else expect((heal?.atUs ?? 0) - beganUs).toBeGreaterThanOrEqual(untilMs * 1000 - 2000)
  }
  const onWeb = deeds(events, project.name).filter(deed => deed.endsWith(' web') && !deed.includes('cut'))
  expect(onWeb).toEqual([
    'inject pause web',
    'heal pause web',
    'inject pause web',
    'heal pause web',
    'inject remove web',
    'heal remove web',
  ])
  // Of all that was done only the last is still to be undone.
  expect(journal.outstanding().map(({ entry }) => entry.kind)).toEqual(['clear-network', 'remove-container'])

  await strikes.heal(signal)
  await strikes.disarm()
  expect(journal.outstanding()).toEqual([])
  expect(events.filter(event => event.type === 'fault-verified').every(({ ok }) => ok)).toBe(true)
  const states = await engine.containers.list(project.name)
  expect(states.map(({ name, status }) => `${name} ${status}`)).toEqual([
    `${side.name} running`,
    `${web.name} running`,
  ])
  expect((await engine.surveyProject(project.name)).helpers).toEqual([])
  await journal.close()
})

/** Ready is who has made this file, which a version that only sleeps does not. */
const LISTENING = {
  command: ['/bin/sh', '-c', 'touch /tmp/ready; exec sleep infinity'],
  network: 'own' as const,
  more: {
    StopTimeout: 1,
    Healthcheck: { Test: ['CMD-SHELL', 'test -e /tmp/ready'], Interval: 1_000_000_000, Retries: 100 },
  },
}

async function tier(project: ReturnType<typeof createThrowawayProject>) {
  const targets = await Promise.all(['a', 'b', 'c'].map(name => project.start(name, LISTENING)))
  return targets.map(referenceOf) as [ContainerRef, ContainerRef, ContainerRef]
}

/** In the order b, c, a: not that of their names. */
function rollOut([a, b, c]: readonly [ContainerRef, ContainerRef, ContainerRef], told: object): Strike[] {
  return [
    strike('deploy', b, { told }),
    strike('deploy', c, { told, afterReady: 0 }),
    strike('deploy', a, { told, afterReady: 1 }),
  ]
}

test('a good version goes to all, each when the one before is ready, and stays', async () => {
  await using project = createThrowawayProject()
  const before = await tier(project)
  const { strikes, journal, clock, events } = await arm(
    project.name,
    before,
    rollOut(before, { progressDeadlineSeconds: 60 }),
  )
  await strikes.run(clock.nowUs(), signal)
  expect(deeds(events, project.name)).toEqual([
    'inject deploy b',
    'b ready',
    'inject deploy c',
    'c ready',
    'inject deploy a',
    'a ready',
  ])
  await strikes.heal(signal)
  await strikes.disarm()
  expect(journal.outstanding()).toEqual([])
  const after = await engine.containers.list(project.name)
  expect(after.map(({ name }) => name)).toEqual(before.map(({ name }) => name))
  for (const { id, status } of after) {
    expect(status).toBe('running')
    expect(before.map(one => one.id)).not.toContain(id)
  }
  await journal.close()
})

test('a broken version goes no further than the first, which is rolled back; so it is from the journal', async () => {
  await using project = createThrowawayProject()
  const before = await tier(project)
  const told = { version: 'broken', progressDeadlineSeconds: 1 }
  const there = async () =>
    (await engine.containers.list(project.name)).map(({ id, name, status }) => ({ id, name, status }))
  const asBefore = before.map(({ id, name }) => ({ id, name, status: 'running' }))
  for (const way of ['healed', 'undone from the journal'] as const) {
    const { strikes, journal, clock, events } = await arm(project.name, before, rollOut(before, told))
    await strikes.run(clock.nowUs(), signal)
    expect(deeds(events, project.name)).toEqual([
      'inject deploy b',
      'b not ready',
      'c left alone',
      'a left alone',
    ])
    if (way === 'healed') await strikes.heal(signal)
    else expect(await undoOutstanding(journal, engine)).toEqual([])
    await strikes.disarm()
    expect(journal.outstanding()).toEqual([])
    expect(await there()).toEqual(asBefore)
    await journal.close()
  }
})

test('what is not ready when its time is over goes no further, whatever its own deadline', async () => {
  await using project = createThrowawayProject()
  const before = await tier(project)
  const told = { version: 'broken', progressDeadlineSeconds: 600 }
  const timeline = rollOut(before, told).map(one => ({ ...one, untilMs: 1000 }))
  const { strikes, journal, clock, events } = await arm(project.name, before, timeline)
  await strikes.run(clock.nowUs(), signal)
  const all = ['inject deploy b', 'b not ready', 'c left alone', 'heal deploy b', 'a left alone']
  expect(deeds(events, project.name).sort()).toEqual(all.sort())
  expect(journal.outstanding()).toEqual([])
  expect((await engine.containers.list(project.name)).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  await strikes.disarm()
  await journal.close()
})

test('a broken version that waits for nobody goes to all', async () => {
  await using project = createThrowawayProject()
  const before = await tier(project)
  const told = { version: 'broken', waitReady: 'never' }
  const { strikes, journal, clock, events } = await arm(
    project.name,
    before,
    before.map(target => strike('deploy', target, { told })),
  )
  await strikes.run(clock.nowUs(), signal)
  expect(deeds(events, project.name).sort()).toEqual([
    'inject deploy a',
    'inject deploy b',
    'inject deploy c',
  ])
  await strikes.heal(signal)
  await strikes.disarm()
  expect((await engine.containers.list(project.name)).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  await journal.close()
})

test('when one fails, nothing else begins, and what was done can be undone', async () => {
  await using project = createThrowawayProject()
  const [web, side] = await Promise.all([project.start('web', LISTENING), project.start('side', LISTENING)])
  const [a, b] = [referenceOf(web), referenceOf(side)]
  const { strikes, journal, clock, events } = await arm(
    project.name,
    [a, b],
    [strike('cut', b), strike('kill', a, { atMs: 500 }), strike('pause', b, { atMs: HOLD_MS - 1000 })],
  )
  await engine.containers.remove(web.id)
  await expect(strikes.run(clock.nowUs(), signal)).rejects.toMatchObject({ code: 'TARGET_GONE' })
  expect(deeds(events, project.name)).toEqual(['inject cut side'])
  await strikes.disarm()
  expect(await undoOutstanding(journal, engine)).toEqual([])
  expect((await engine.containers.inspect(side.id)).status).toBe('running')
  expect((await engine.surveyProject(project.name)).helpers).toEqual([])
  await journal.close()
})
