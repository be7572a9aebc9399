import { execFile } from 'node:child_process'
import { appendFile, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { CONNECTIONS, OUTCOMES, type Sample, STREAMS } from './sample.ts'
import { readProbes, SampleWriter } from './sample-file.ts'
import { encodeRow, NEVER_SENT_US, ROW_BYTES, type SampleColumns } from './sample-row.ts'

let path: string
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'zonefall-test-')), 'samples.bin')
})

const us = fc.integer({ min: 0, max: NEVER_SENT_US - 1 })
const sample = fc.record<Sample>({
  stream: fc.constantFrom(...STREAMS),
  dueUs: us,
  sentUs: fc.option(us),
  endedUs: us,
  status: fc.integer({ min: 0, max: 999 }),
  outcome: fc.constantFrom(...OUTCOMES),
  connection: fc.constantFrom(...CONNECTIONS),
  instance: fc.integer({ min: 0, max: 0x3fff }),
})

function rowsOf(samples: readonly Sample[]): Buffer {
  const rows = Buffer.alloc(samples.length * ROW_BYTES)
  samples.forEach((one, index) => {
    encodeRow(rows, index * ROW_BYTES, one)
  })
  return rows
}

function sampleAt(columns: SampleColumns, index: number): Sample {
  const sentUs = columns.sentUs[index] ?? 0
  return {
    stream: STREAMS[columns.stream[index] ?? 9] ?? 'probe',
    dueUs: columns.dueUs[index] ?? -1,
    sentUs: sentUs === NEVER_SENT_US ? null : sentUs,
    endedUs: columns.endedUs[index] ?? -1,
    status: columns.status[index] ?? -1,
    outcome: OUTCOMES[columns.outcome[index] ?? 99] ?? 'ok',
    connection: CONNECTIONS[columns.connection[index] ?? 9] ?? 'fresh',
    instance: columns.instance[index] ?? -1,
  }
}

test('the probes that were written are read back, in the order of their due times', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sample, { maxLength: 50 }), async samples => {
      const file = `${path}-${Math.random()}`
      const writer = await SampleWriter.create(file)
      writer.append(rowsOf(samples.slice(0, 20)))
      writer.append(rowsOf(samples.slice(20)))
      await writer.close()
      const columns = await readProbes(file)
      const probes = samples.filter(({ stream }) => stream === 'probe')
      const inOrder = probes.toSorted((a, b) => a.dueUs - b.dueUs) // a stable sort
      expect(Array.from({ length: columns.length }, (_, index) => sampleAt(columns, index))).toEqual(inOrder)
    }),
    { numRuns: 50 },
  )
})

test('a torn last row is left out, and all before it is kept', async () => {
  const [one] = fc.sample(
    sample.filter(({ stream }) => stream === 'probe'),
    { seed: 1, numRuns: 1 },
  )
  const writer = await SampleWriter.create(path)
  writer.append(rowsOf([one as Sample, one as Sample]))
  await writer.close()
  await appendFile(path, Buffer.alloc(ROW_BYTES - 1))
  expect((await readProbes(path)).length).toBe(2)
})

test('samples are never overwritten', async () => {
  await (await SampleWriter.create(path)).close()
  await expect(SampleWriter.create(path)).rejects.toThrow('EEXIST')
  expect((await stat(path)).size).toBe(32)
})

test('another file is refused by name', async () => {
  await writeFile(path, 'not samples at all, but longer than the header of such a file')
  await expect(readProbes(path)).rejects.toThrow("does not hold Zonefall's samples")
})

test('a file of another format is refused with both formats', async () => {
  await (await SampleWriter.create(path)).close()
  const file = await readFile(path)
  file.writeUInt32LE(7, 16)
  await writeFile(path, file)
  await expect(readProbes(path)).rejects.toThrow('format 7; this is for format 1')
})

test('when no space is left that is said, and what was written before can be read', async () => {
  // A real limit of the kernel, 1 KiB a file: room for the header and 62 rows, in a process of its own.
  const script = `
    const { SampleWriter } = await import(${JSON.stringify(new URL('./sample-file.ts', import.meta.url).href)})
    const writer = await SampleWriter.create(${JSON.stringify(path)})
    for (let batch = 0; batch < 10; batch += 1) writer.append(Buffer.alloc(${10 * ROW_BYTES}))
    const errors = await Promise.allSettled([writer.failed, writer.close()])
    console.log(errors.map(({ reason }) => reason.code + ' ' + reason.cause.code).join(', '))`
  const command = `ulimit -f 1; exec '${process.execPath}' --input-type=module -e "$0"`
  const { stdout } = await promisify(execFile)('bash', ['-c', command, script])
  expect(stdout.trim()).toBe('DISK_FULL EFBIG, DISK_FULL EFBIG')
  expect((await readProbes(path)).length).toBe(62)
})
