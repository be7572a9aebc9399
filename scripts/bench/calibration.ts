import type { Calibration } from '../../harness/calibration/judge-calibration.ts'
import type { Figure } from './figure.ts'
import { zonefall } from './zonefall.ts'

/** Outages whose truth is known: alone, and beside a load of 70 % of what the reference system carries here. */
export async function calibrationFigures(rounds: number): Promise<Figure[]> {
  const alone = await calibrate('--rounds', String(rounds))
  await zonefall('up')
  try {
    const url = await entryOf()
    const capacity = await capacityOf(url)
    const beside = await calibrate('--beside-url', url, '--beside-rate', String(Math.round(0.7 * capacity)))
    return [
      ...figuresOf(alone, 'alone', '100'),
      { name: 'reference system: capacity', bound: '–', values: [capacity], unit: 'requests/s' },
      ...figuresOf(beside, 'beside 70 % of that', '≥ 90'),
    ]
  } finally {
    await zonefall('down')
  }
}

async function calibrate(...args: string[]): Promise<Calibration> {
  return JSON.parse((await zonefall('calibrate', '--json', '--seed', '1', ...args)).stdout)
}

async function entryOf(): Promise<string> {
  const { containers } = JSON.parse((await zonefall('status', '--json')).stdout)
  const balancer = containers.find(({ tier }: { tier: string }) => tier === 'balancer')
  const { hostPort } = balancer.ports.find(
    ({ containerPort }: { containerPort: number }) => containerPort === 8080,
  )
  return `http://127.0.0.1:${hostPort}/`
}

/** Requests a second that 20 connections get through, as fast as they can: the middle of three tries of 4 s. */
async function capacityOf(url: string): Promise<number> {
  const { default: autocannon } = await import('autocannon')
  const rates: number[] = []
  for (let time = 0; time < 3; time += 1) {
    const result = await autocannon({ url, connections: 20, duration: 4 })
    rates.push(result.requests.average)
  }
  return rates.sort((a, b) => a - b)[1] ?? Number.NaN
}

function figuresOf({ outages, summary }: Calibration, how: string, validBound: string): Figure[] {
  const share = (count: number) => (100 * count) / summary.outages
  const widths = outages.flatMap(({ window_ms }) => (window_ms ? [window_ms.upper - window_ms.lower] : []))
  const name = (what: string) => `calibration ${how}, ${summary.outages} outages: ${what}`
  return [
    {
      name: name('truth inside the bracket'),
      bound: '100',
      values: [share(summary.bracket_holds)],
      unit: '%',
    },
    {
      name: name('window within two periods'),
      bound: '≥ 99',
      values: [share(summary.within_two_periods)],
      unit: '%',
    },
    { name: name('would count in a trial'), bound: validBound, values: [share(summary.valid)], unit: '%' },
    { name: name('bracket'), bound: '≤ 25', values: widths, unit: 'ms' },
  ]
}
