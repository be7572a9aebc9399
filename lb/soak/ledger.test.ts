import { expect, test } from 'vitest'
import type { Disturbance } from './disturbance.ts'
import { Ledger } from './ledger.ts'
import type { SoakKind, SoakOutcome } from './soak-request.ts'

const KILL: Disturbance = { kind: 'kill', server: 'a', fromMs: 100, toMs: 200 }
const GOOD: SoakOutcome = { kind: 'answered', status: 200, reason: undefined }
const BAD: SoakOutcome = { kind: 'answered', status: 502, reason: 'reset' }
const CUT: SoakOutcome = { kind: 'cut' }

function judged(
  kind: SoakKind,
  outcome: SoakOutcome,
  { fromMs = 110, toMs = 120, deeds = [] as number[], disturbance = KILL } = {},
) {
  const ledger = new Ledger()
  ledger.note({ id: 7, kind }, outcome, fromMs, toMs)
  const { lost, unkeepable, twice, undone } = ledger.judge(deeds, [disturbance])
  return { lost: lost.length, unkeepable: unkeepable.length, twice, undone }
}
const NOTHING = { lost: 0, unkeepable: 0, twice: [], undone: [] }

test.each<[string, SoakKind, SoakOutcome]>([
  ['a GET that was refused', 'get', BAD],
  ['a small answer that was cut', 'get', CUT],
  ['a POST that may be sent again', 'post-idempotent', BAD],
  ['a POST that nobody had: 503', 'post', { ...BAD, status: 503 }],
  ['no answer at all', 'post', { kind: 'nothing', reason: 'socket hang up' }],
  ['another request’s answer', 'get', { kind: 'mixed-up', body: 'GET /small/8' }],
])('%s is lost, a kill or not', (_, kind, outcome) => {
  expect(judged(kind, outcome)).toEqual({ ...NOTHING, lost: 1 })
})

test.each<[SoakKind, SoakOutcome]>([
  ['post', BAD],
  ['post-large', BAD],
  ['get-large', CUT],
])(
  '%s that a killed server had could not be kept; that another had, or before or after it, could',
  (kind, outcome) => {
    expect(judged(kind, outcome)).toEqual({ ...NOTHING, unkeepable: 1 })
    expect(judged(kind, outcome, { fromMs: 90, toMs: 99 })).toEqual({ ...NOTHING, lost: 1 })
    expect(judged(kind, outcome, { fromMs: 201, toMs: 210 })).toEqual({ ...NOTHING, lost: 1 })
    expect(judged(kind, outcome, { disturbance: { ...KILL, kind: 'freeze' } })).toEqual({
      ...NOTHING,
      lost: 1,
    })
  },
)

test('a POST is done once; with a key it may be done twice; one that was answered was done', () => {
  expect(judged('post', GOOD, { deeds: [7] })).toEqual(NOTHING)
  expect(judged('post', GOOD, { deeds: [7, 7] })).toEqual({ ...NOTHING, twice: [7] })
  expect(judged('post', BAD, { deeds: [7, 7] })).toEqual({ ...NOTHING, unkeepable: 1, twice: [7] })
  expect(judged('post-idempotent', GOOD, { deeds: [7, 7] })).toEqual(NOTHING)
  expect(judged('post', GOOD)).toEqual({ ...NOTHING, undone: [7] })
})

test('whoever left is owed nothing', () => {
  expect(judged('get-and-leave', { kind: 'left' })).toEqual(NOTHING)
})
