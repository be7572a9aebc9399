/**
 * Measures the figures that the README and the docs quote, on this machine, with nothing else running:
 *
 *     npm run bench [-- --runs 5] [-- PART...]        parts: start, run, calibration, load, analysis, balancer,
 *                                                      failover; only when named: soak, memory
 *
 * Each figure is a median over several runs; the machine's load average is printed beside them, since a busy
 * machine measures itself.
 */
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { analysisFigures } from './analysis.ts'
import { balancerFigures } from './balancer.ts'
import { calibrationFigures } from './calibration.ts'
import { failoverFigures } from './failover.ts'
import { type Figure, figureLines } from './figure.ts'
import { loadCostFigures } from './load-cost.ts'
import { memoryFigures } from './memory.ts'
import { runFigures } from './run.ts'
import { soakFigures } from './soak.ts'
import { startFigures } from './start.ts'

const PARTS: Record<string, (runs: number) => Promise<Figure[]>> = {
  start: startFigures,
  run: runFigures,
  calibration: calibrationFigures,
  load: loadCostFigures,
  analysis: analysisFigures,
  balancer: balancerFigures,
  failover: failoverFigures,
  soak: soakFigures,
  memory: memoryFigures,
}

/** A quarter of an hour and more each: only for those who name them. */
const LONG = ['soak', 'memory']

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '5' } },
  allowPositionals: true,
})
const chosen = positionals.length > 0 ? positionals : Object.keys(PARTS).filter(name => !LONG.includes(name))
const unknown = chosen.filter(name => !(name in PARTS))
if (unknown.length > 0)
  throw new Error(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`)
for (const name of chosen) {
  const before = loadavg()[0]?.toFixed(2)
  const figures = (await PARTS[name]?.(Number(values.runs))) ?? []
  process.stdout.write(`\n${figureLines(figures).join('\n')}\n`)
  process.stdout.write(`\nload average before: ${before}, after: ${loadavg()[0]?.toFixed(2)}\n`)
}
