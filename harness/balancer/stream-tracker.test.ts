import { expect, test } from 'vitest'
import { StreamTracker } from './stream-tracker.ts'

const line = (atNs: number, state: string, cause: string) =>
  JSON.stringify({ at_ns: String(atNs), server: 'a', address: '10.0.0.2:80', state, cause, zone: 'z' })
const beat = (atNs: number) => JSON.stringify({ heartbeat: true, at_ns: String(atNs) })
const stamped = (engineNs: bigint) => ({ kind: 'stamped', engineNs })

test('a snapshot, changes with their own stamps, heartbeats', () => {
  const tracker = new StreamTracker(5n)
  expect(tracker.line(line(10, 'up', 'snapshot'))).toMatchObject([
    { type: 'watched', since: stamped(10n) },
    { type: 'change', standing: { state: 'up', cause: 'snapshot' }, instant: stamped(10n) },
  ])
  expect(tracker.line(beat(20))).toEqual([])
  expect(tracker.line(line(30, 'down', 'check-refused'))).toMatchObject([
    { type: 'change', standing: { server: 'a', state: 'down' }, instant: stamped(30n) },
  ])
})

test('a stream that ended: lost since its last line; what is different after it changed in between', () => {
  const tracker = new StreamTracker(5n)
  tracker.line(line(10, 'up', 'snapshot'))
  tracker.line(beat(20))
  expect(tracker.ended('reset')).toEqual([{ type: 'lost', since: stamped(20n), reason: 'reset' }])
  expect(tracker.ended('refused')).toEqual([])
  expect(tracker.line(line(90, 'down', 'snapshot'))).toMatchObject([
    { type: 'watched', since: stamped(90n) },
    {
      type: 'change',
      standing: { state: 'down', cause: 'while unwatched' },
      instant: { kind: 'between', clock: 'engine', earliestNs: 20n, latestNs: 90n },
    },
  ])
  tracker.ended('reset')
  expect(tracker.line(line(95, 'down', 'snapshot'))).toMatchObject([{ type: 'watched' }])
})

test('one that never answered is lost since we began to ask', () => {
  const tracker = new StreamTracker(5n)
  expect(tracker.ended('refused')).toMatchObject([
    { type: 'lost', since: { kind: 'between', clock: 'ours', earliestNs: 5n, latestNs: 5n } },
  ])
})

test('a line that is something else is said', () => {
  expect(() => new StreamTracker(0n).line('{"at_ns":"x"}')).toThrow()
})
