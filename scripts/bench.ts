/**
 * Measures the figures that the README and the decisions quote, on this machine, with nothing else running:
 *
 *     npm run bench [-- --runs 5]
 *
 * Each figure is a median over several runs; the machine's load average is printed beside them, since a busy
 * machine measures itself.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const ROOT = join(import.meta.dirname, '..')
const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } })
const runs = Number(values.runs)

interface Figure {
  readonly name: string
  readonly bound: string
  readonly values: readonly number[]
  readonly unit: string
}

async function zonefall(...args: string[]): Promise<{ seconds: number; code: number; stdout: string }> {
  const before = performance.now()
  const child = spawn(process.execPath, [join(ROOT, 'harness/bin.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.on('data', chunk => {
    stdout += chunk
  })
  const [code] = await once(child, 'close')
  return { seconds: (performance.now() - before) / 1000, code: Number(code), stdout }
}

async function repeat<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let time = 0; time < times; time += 1) results.push(await work())
  return results
}

async function startFigures(): Promise<Figure[]> {
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

async function runFigures(): Promise<Figure[]> {
  const chaos = await repeat(Math.max(1, Math.floor(runs / 2)), () => zonefall('run'))
  const out = join(await mkdtemp(join(tmpdir(), 'zonefall-bench-')), 'run')
  await zonefall('run', 'gateway-kill', '--trials', String(runs), '--out', out)
  const single = join(await mkdtemp(join(tmpdir(), 'zonefall-bench-')), 'run')
  await zonefall('run', 'single-gateway', '--trials', String(runs), '--out', single)
  const kill = JSON.parse(await readFile(join(out, 'verdict.json'), 'utf8'))
  const alone = JSON.parse(await readFile(join(single, 'verdict.json'), 'utf8'))
  const widths = [...kill.trials, ...alone.trials].flatMap(({ metrics }) =>
    metrics.error_window_ms ? [metrics.error_window_ms.upper - metrics.error_window_ms.lower] : [],
  )
  const lost = kill.trials.map(({ metrics }: { metrics: { lost_requests: number } }) => metrics.lost_requests)
  return [
    { name: '`npm run chaos`, warm', bound: '≤ 90', values: chaos.map(({ seconds }) => seconds), unit: 's' },
    { name: 'bracket of the error window at 100 probes a second', bound: '≤ 30', values: widths, unit: 'ms' },
    { name: 'bad probes of `gateway-kill`', bound: '0', values: lost, unit: '' },
  ]
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

const before = loadavg()[0]?.toFixed(2)
const figures = [...(await startFigures()), ...(await runFigures())]
process.stdout.write('\n| figure | bound | median | all |\n| --- | --- | --- | --- |\n')
for (const { name, bound, values: all, unit } of figures) {
  const shown = (value: number) => Number(value.toFixed(2))
  process.stdout.write(
    `| ${name} | ${bound} ${unit} | ${shown(median(all))} ${unit} | ${all.map(shown).join(', ')} |\n`,
  )
}
process.stdout.write(`\nload average before: ${before}, after: ${loadavg()[0]?.toFixed(2)}\n`)
