import { type Figure, repeat } from './figure.ts'
import { zonefall } from './zonefall.ts'

/** How long a user waits before anything is measured. */
export async function startFigures(runs: number): Promise<Figure[]> {
  const help = await repeat(runs * 2, () => zonefall('--help'))
  const ups: number[] = []
  const downs: number[] = []
  for (let time = 0; time < runs; time += 1) {
    ups.push((await zonefall('up')).seconds)
    downs.push((await zonefall('down')).seconds)
  }
  return [
    { name: '`zonefall --help`', bound: '≤ 0.3', values: help.map(({ seconds }) => seconds), unit: 's' },
    { name: 'system up and healthy, images cached', bound: '≤ 10', values: ups, unit: 's' },
    { name: 'system down', bound: '≤ 4', values: downs, unit: 's' },
  ]
}
