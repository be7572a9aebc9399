import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TrialHistory } from '../../analysis/frame.ts'
import { Recorder } from '../../history/recorder.ts'
import { CONNECTIONS, OUTCOMES, STREAMS } from '../../history/sample.ts'
import { encodeRow, NEVER_SENT_US, ROW_BYTES, type SampleColumns } from '../../history/sample-row.ts'
import type { Manifest } from '../../results/manifest.ts'

/** For tests: a run's folder as a run would have left it, a trial for each history. */
export async function writeRun(
  histories: readonly TrialHistory[],
  system: Partial<Manifest['system']> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zonefall-test-'))
  for (const [index, history] of histories.entries())
    await writeTrial(join(folder, `trial-${index + 1}`), history, system)
  return folder
}

async function writeTrial(
  path: string,
  { plan, events, samples }: TrialHistory,
  system: Partial<Manifest['system']>,
): Promise<void> {
  await mkdir(join(path, 'logs'), { recursive: true })
  for (const { name } of plan.peers) await writeFile(join(path, 'logs', `${name}.log`), '')
  const manifest = {
    schema: 1,
    zonefall: '0.1.0',
    startedAt: '2026-11-24T12:30:05.999Z',
    rerun: 'npx zonefall run gateway-kill --seed 7',
    plan,
    system: { project: 'shop', file: '/shop/docker-compose.yml', resolvedSha256: 'none', ...system },
  }
  await writeFile(join(path, 'manifest.json'), JSON.stringify(manifest))
  await using recorder = await Recorder.open(path)
  for (const event of events) recorder.event(event)
  recorder.rows(rowsOf(samples))
}

function rowsOf(samples: SampleColumns): Buffer {
  const rows = Buffer.alloc(samples.length * ROW_BYTES)
  const word = <T>(words: readonly T[], column: Uint8Array, row: number): T => {
    const value = words[column[row] ?? 0]
    if (value === undefined) throw new RangeError(`row ${row} says what no sample says`)
    return value
  }
  for (let row = 0; row < samples.length; row += 1) {
    const sentUs = samples.sentUs[row] ?? NEVER_SENT_US
    encodeRow(rows, row * ROW_BYTES, {
      stream: word(STREAMS, samples.stream, row),
      dueUs: samples.dueUs[row] ?? 0,
      sentUs: sentUs === NEVER_SENT_US ? null : sentUs,
      endedUs: samples.endedUs[row] ?? 0,
      status: samples.status[row] ?? 0,
      outcome: word(OUTCOMES, samples.outcome, row),
      connection: word(CONNECTIONS, samples.connection, row),
      instance: samples.instance[row] ?? 0,
    })
  }
  return rows
}
