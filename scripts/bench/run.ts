import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Figure, repeat } from './figure.ts'
import { newFolder, zonefall } from './zonefall.ts'

/** What `npm run chaos` finds out, and how closely it knows it. */
export async function runFigures(runs: number): Promise<Figure[]> {
  const chaos = await repeat(Math.max(1, Math.floor(runs / 2)), () => zonefall('run'))
  const out = await newFolder()
  await zonefall('run', 'gateway-kill', '--trials', String(runs), '--out', out)
  const single = await newFolder()
  await zonefall('run', 'single-gateway', '--trials', String(runs), '--out', single)
  const kill = JSON.parse(await readFile(join(out, 'verdict.json'), 'utf8'))
  const alone = JSON.parse(await readFile(join(single, 'verdict.json'), 'utf8'))
  const widths = (trials: { metrics: { error_window_ms: { upper: number; lower: number } | null } }[]) =>
    trials.flatMap(({ metrics }) =>
      metrics.error_window_ms ? [metrics.error_window_ms.upper - metrics.error_window_ms.lower] : [],
    )
  const lost = kill.trials.map(({ metrics }: { metrics: { lost_requests: number } }) => metrics.lost_requests)
  return [
    { name: '`npm run chaos`, warm', bound: '≤ 90', values: chaos.map(({ seconds }) => seconds), unit: 's' },
    {
      name: 'bracket of the error window, `single-gateway`',
      bound: '≤ 30',
      values: widths(alone.trials),
      unit: 'ms',
    },
    {
      name: 'bracket of the error window, `gateway-kill`',
      bound: '–',
      values: widths(kill.trials),
      unit: 'ms',
    },
    { name: 'bad probes of `gateway-kill`', bound: '0', values: lost, unit: '' },
  ]
}
