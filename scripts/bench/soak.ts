import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SoakResult, soak } from '../../lb/soak/soak.ts'
import type { Figure } from './figure.ts'

const REQUESTS = 1_000_000
const CLIENTS = 48
const TOLD_EVERY = 100_000

/** A million requests through random kills, freezes and drains; once, however many runs are asked for. */
export async function soakFigures(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'zonefall-soak-'))
  let told = 0
  const onProgress = (requests: number) => {
    if (requests < told + TOLD_EVERY) return
    told += TOLD_EVERY
    process.stderr.write(`soak: ${told} of ${REQUESTS} requests\n`)
  }
  const result = await soak({
    ...{ requests: REQUESTS, clients: CLIENTS, rounds: 10, folder, onProgress },
    seed: 1,
  })
  for (const miss of result.lost) process.stderr.write(`lost: ${JSON.stringify(miss)}\n`)
  return figuresOf(result)
}

function figuresOf(result: SoakResult): Figure[] {
  const { disturbances, sockets, memory, seconds } = result
  const figure = (name: string, bound: string, value: number, unit = ''): Figure => ({
    ...{ name: `soak: ${name}`, bound, unit },
    values: [value],
  })
  const grown = (of: 'heapBytes' | 'residentBytes') => (memory.after[of] - memory.before[of]) / 1e6
  const disturbed = (wanted: string) => disturbances.filter(({ kind }) => kind === wanted).length
  return [
    figure('requests', `≥ ${REQUESTS}`, result.requests),
    figure('took', '–', seconds, 's'),
    ...['kill', 'freeze', 'drain'].map(kind => figure(`servers: ${kind}`, '–', disturbed(kind))),
    figure('lost that could be kept', '0', result.lost.length),
    figure('lost with a killed server that had them', '–', result.unkeepable.length),
    figure('done twice that must not be', '0', result.twice.length),
    figure('answered and not done', '0', result.undone.length),
    figure('sockets more than before the first request', '0', Math.max(0, sockets.after - sockets.before)),
    figure('heap against after a tenth of them', '≤ 5', grown('heapBytes'), 'MB'),
    figure('resident against after a tenth of them', '–', grown('residentBytes'), 'MB'),
  ]
}
