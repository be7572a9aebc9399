import { describe, expect, test } from 'vitest'
import type { HistoryEvent } from '../../history/event.ts'
import { emptyColumns } from '../../history/sample-row.ts'
import { analyse } from '../analyse.ts'
import { historyOf, type Scenario } from '../testing/history-builder.ts'

type MoreEvents = NonNullable<Scenario['moreEvents']>

const validityOf = (scenario: Scenario) => analyse(historyOf(scenario)).validity
const reasonsOf = (scenario: Scenario) => {
  const validity = validityOf(scenario)
  return validity.status === 'valid' ? [] : validity.reasons
}
const textOf = (scenario: Scenario) => {
  const [first, ...more] = reasonsOf(scenario)
  expect(more).toEqual([])
  expect(first?.advice).not.toBe('')
  return `${first?.code}: ${first?.text}`
}
const health = (atMs: number, maxLateMs: number, maxLoopDelayMs: number): MoreEvents => {
  const event = { type: 'prober-health', sent: 100, unsent: 0 } as const
  const told = { maxLateUs: maxLateMs * 1000, maxLoopDelayUs: maxLoopDelayMs * 1000 }
  return ({ us }): HistoryEvent[] => [{ ...event, ...told, atUs: us(atMs) }]
}

test('a trial that went as it should is valid', () => {
  expect(validityOf({})).toEqual({ status: 'valid' })
  expect(validityOf({ outages: [{ fromMs: 0, toMs: 900, manner: 'refused' }] })).toEqual({ status: 'valid' })
  const unnamed = { answeredBy: () => null, outages: [{ fromMs: 0, toMs: 900, manner: 'refused' }] } as const
  expect(validityOf(unnamed)).toEqual({ status: 'valid' })
})

test('nobody is named, nothing was bad: nothing shows that the target carried traffic', () => {
  expect(textOf({ answeredBy: () => null })).toMatch(
    /^effect-unseen: Nothing shows that gateway-a carried traffic/,
  )
})

describe('the baseline', () => {
  test('had a bad probe', () => {
    expect(textOf({ outages: [{ fromMs: -1000, toMs: -995, manner: 'status' }] })).toBe(
      'baseline-not-clean: 1 of about 200 probes were bad before anything was broken; the first: status, status 503.',
    )
  })
  test('of the warm-up nothing is asked', () => {
    expect(validityOf({ outages: [{ fromMs: -2500, toMs: -2100, manner: 'status' }] }).status).toBe('valid')
  })
  test('had a probe that hung since long before the fault', () => {
    const outages = [{ fromMs: -500, toMs: -495, manner: 'silence' as const }]
    expect(textOf({ outages })).toMatch(/^baseline-not-clean: 1 of/)
    expect(analyse(historyOf({ outages })).metrics.lost_requests).toEqual({ value: 0 })
  })
  test('was slower than the steady state', () => {
    expect(textOf({ latencyMs: () => 300, slos: [] })).toBe(
      'baseline-not-steady: Before anything was broken the p99 was 300 ms, above the steady state’s 250 ms.',
    )
  })
  test('had too few probes', () => {
    expect(textOf({ ratePerSecond: 20 })).toBe(
      'too-few-probes: 40 probes before the fault and 140 after it are too few to judge by: 50 are needed.',
    )
  })
})

describe('the prober', () => {
  test('could not send', () => {
    const scenario: Scenario = {
      isUnsent: (_, ms) => ms > 100 && ms < 130,
      moreEvents: health(500, 42, 37),
    }
    expect(textOf(scenario)).toBe(
      'probes-unsent: 3 probes could not be sent. The prober sent up to 42 ms late, and its event loop was held up for up to 37 ms.',
    )
  })
  test('could not send in the warm-up, which does not matter', () => {
    expect(validityOf({ isUnsent: (_, ms) => ms < -2100 }).status).toBe('valid')
  })
  test('ended before the run did', () => {
    const history = historyOf({})
    const events = history.events.map(event =>
      event.type === 'phase' && event.phase === 'done' ? { ...event, atUs: event.atUs + 5e6 } : event,
    )
    const { validity } = analyse({ ...history, events })
    expect(validity).toMatchObject({
      reasons: [
        {
          code: 'probes-missing',
          text: expect.stringMatching(/^Of 1300 probes that were due, 400 left no trace\./),
        },
      ],
    })
  })
  test('left a hole', () => {
    const { plan, events, samples } = historyOf({})
    const rows = [...samples.dueUs.keys()].filter(row => row < 400 || row >= 407)
    const pick = <T extends Uint32Array | Uint16Array | Uint8Array>(column: T) =>
      column.filter((_, row) => rows.includes(row)) as T
    const holed = {
      length: rows.length,
      dueUs: pick(samples.dueUs),
      sentUs: pick(samples.sentUs),
      endedUs: pick(samples.endedUs),
      status: pick(samples.status),
      outcome: pick(samples.outcome),
      stream: pick(samples.stream),
      connection: pick(samples.connection),
      instance: pick(samples.instance),
    }
    const { validity } = analyse({ plan, events, samples: holed })
    expect(validity).toMatchObject({
      reasons: [{ code: 'probes-missing', text: expect.stringContaining(', 7 left') }],
    })
  })
})

describe('the bracket', () => {
  const stalled: Scenario = {
    lateMs: (_, ms) => (ms > 200 && ms < 600 ? 600 - ms : 0.1),
    outages: [{ fromMs: 0, toMs: 500, manner: 'refused' }],
    moreEvents: health(700, 399, 401),
  }
  test('is too wide for its limit; the prober’s trouble is named', () => {
    expect(textOf(stalled)).toMatch(
      /^bracket-too-wide: The error window is known to \d+ ms only, more than 100 ms and more than a tenth of its limit of 2500 ms\. The prober sent up to 399 ms late/,
    )
  })
  test('is narrow enough for a longer limit, or for none', () => {
    expect(validityOf({ ...stalled, slos: ['error_window_ms max < 10s'] }).status).toBe('valid')
    expect(validityOf({ ...stalled, slos: ['lost_requests max < 100'] }).status).toBe('valid')
  })
  test('is wide, but all of it beyond the limit: that failure is certain', () => {
    expect(validityOf({ ...stalled, slos: ['error_window_ms max < 10'] }).status).toBe('valid')
  })
  test('is too wide because answers take long', () => {
    const [reason] = reasonsOf({ latencyMs: () => 240, slos: ['error_window_ms max < 1.5s'] })
    expect(reason?.text).toContain('Before the fault the p99 of answers was 240 ms.')
  })
  test('is too wide because silence is noticed at the deadline only', () => {
    const latencyMs = (k: number) => (k === 100 ? 990 : 2)
    const [reason] = reasonsOf({ latencyMs, outages: [{ fromMs: 0, toMs: 1500, manner: 'silence' }] })
    expect(reason?.text).toContain('150 of its bad probes ended only at their deadline of 1000 ms.')
    expect(reason?.advice).toContain('deadlineMs')
  })
})

describe('the clock', () => {
  const clock = (atMs: number, lowerUs: number): MoreEvents => {
    return ({ us }) => [{ type: 'clock', lowerUs, upperUs: lowerUs + 4000, atUs: us(atMs) }]
  }
  test('was moved', () => {
    expect(textOf({ moreEvents: clock(8000, 1_700_000_000_050_000) })).toBe(
      'clock-drifted: The engine’s clock moved against ours by at least 46.0 ms during the run, so that its times cannot be placed.',
    )
  })
  test('may drift within the bounds', () => {
    expect(validityOf({ moreEvents: clock(8000, 1_700_000_000_003_000) }).status).toBe('valid')
  })
  test('was bounded once only', () => {
    expect(textOf({ keeps: event => event.type !== 'clock' || event.atUs === 0 })).toMatch(/^clock-unbounded/)
  })
})

describe('the fault', () => {
  test('was not read back', () => {
    const keeps = (event: HistoryEvent) => event.type !== 'fault-verified'
    expect(textOf({ keeps })).toBe('fault-not-verified: Whether the fault took hold was never read back.')
  })
  test('was read back as not there', () => {
    const verified = { type: 'fault-verified', action: 'inject', ok: false, detail: 'running' } as const
    const scenario: Scenario = {
      keeps: event => event.type !== 'fault-verified' || !event.ok,
      moreEvents: ({ us, target }) => [{ ...verified, container: target, atUs: us(9) }],
    }
    expect(textOf(scenario)).toBe(
      'fault-not-verified: The fault did not take hold: the engine reads running.',
    )
  })
  test('hit a target that carried nothing', () => {
    expect(textOf({ answeredBy: k => 1 + (k % 2) })).toMatch(/^target-idle: gateway-a answered nothing/)
  })
  test('changed nothing: the target still answers', () => {
    expect(textOf({ answeredBy: k => k % 3 })).toMatch(
      /^fault-without-effect: gateway-a still answered \d+ probes/,
    )
  })
  test('was undone by a restart policy, after which it may answer', () => {
    const scenario: Scenario = {
      faultKind: 'crash',
      answeredBy: (k, ms) => (ms < 0 || ms > 400 ? k % 3 : 1 + (k % 2)),
      moreEvents: ({ us, target }) => [{ type: 'engine', action: 'start', container: target, atUs: us(300) }],
    }
    expect(validityOf(scenario).status).toBe('valid')
  })
})

describe('nothing to measure', () => {
  test('no samples', () => {
    const analysis = analyse({ ...historyOf({}), samples: emptyColumns(0) })
    expect(analysis.validity).toMatchObject({ reasons: [{ code: 'no-samples' }] })
    expect(analysis.metrics.lost_requests).toEqual({ value: null, reason: 'No probe was sent.' })
  })
  test('nothing was broken, and the note says why', () => {
    const scenario: Scenario = {
      keeps: event => event.type !== 'fault',
      moreEvents: ({ us }) => [
        { type: 'fault-withheld', reason: '9 of 500 probes of the baseline were bad.', atUs: us(0) },
        { type: 'note', text: 'The balancer can no longer be watched: gone', atUs: us(9) },
      ],
    }
    expect(textOf(scenario)).toBe(
      'nothing-broken: Nothing was broken: 9 of 500 probes of the baseline were bad.',
    )
  })
  test('the run was cut short', () => {
    const keeps = (event: HistoryEvent) => event.type !== 'phase' || event.phase !== 'done'
    expect(textOf({ keeps })).toMatch(/^not-finished/)
  })
})
