import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { ROW_BYTES } from '../../harness/history/sample-row.ts'
import { type Figure, repeat } from './figure.ts'
import { newFolder, ROOT, zonefall } from './zonefall.ts'

const ROWS = 10_000_000
const HEADER_BYTES = 32
const PERIOD_US = 10_000

/** `zonefall analyse` on ten million samples: a real trial, each of its rows many times within one probe period. */
export async function analysisFigures(runs: number): Promise<Figure[]> {
  const trial = await newFolder()
  await zonefall('run', 'gateway-kill', '--out', trial)
  const big = await newFolder()
  await cp(trial, big, { recursive: true })
  await multiply(join(trial, 'trial-1/samples.bin'), join(big, 'trial-1/samples.bin'))
  const measured = await repeat(runs, () => analyse(big))
  return [
    {
      name: '`zonefall analyse`, 10 M samples',
      bound: '≤ 3',
      values: measured.map(({ seconds }) => seconds),
      unit: 's',
    },
    {
      name: 'its memory, resident at most',
      bound: '≤ 400',
      values: measured.map(({ megabytes }) => megabytes),
      unit: 'MB',
    },
  ]
}

async function multiply(from: string, to: string): Promise<void> {
  const source = await readFile(from)
  const rows = Math.floor((source.length - HEADER_BYTES) / ROW_BYTES)
  const times = Math.ceil(ROWS / rows)
  const file = await open(to, 'w')
  await file.write(source.subarray(0, HEADER_BYTES))
  for (let row = 0; row < rows; row += 1) {
    const one = source.subarray(HEADER_BYTES + row * ROW_BYTES, HEADER_BYTES + (row + 1) * ROW_BYTES)
    const many = Buffer.alloc(times * ROW_BYTES)
    for (let copy = 0; copy < times; copy += 1) {
      one.copy(many, copy * ROW_BYTES)
      for (const offset of [0, 4, 8]) {
        const us = one.readUInt32LE(offset) + Math.floor((copy * PERIOD_US) / times)
        many.writeUInt32LE(Math.min(us, 0xffffffff), copy * ROW_BYTES + offset)
      }
    }
    await file.write(many)
  }
  await file.close()
}

/** Time from outside; memory as the kernel counted it. */
async function analyse(folder: string): Promise<{ seconds: number; megabytes: number }> {
  const before = performance.now()
  const script = `
    process.on('exit', () => console.error('rss ' + process.resourceUsage().maxRSS))
    process.argv.splice(2, 0)
    await import(${JSON.stringify(join(ROOT, 'harness/bin.mjs'))})`
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', script, 'zonefall', 'analyse', folder],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const [said] = await Promise.all([text(child.stderr), once(child, 'close')])
  const rss = Number(/rss (\d+)/.exec(said)?.[1])
  return { seconds: (performance.now() - before) / 1000, megabytes: rss / 1000 }
}
