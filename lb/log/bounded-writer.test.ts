import { PassThrough, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { BoundedWriter } from './bounded-writer.ts'

const ignore = () => undefined
const line = (index: number) => `${String(index).padStart(99, '.')}\n`

test('every line, in order, in few writes', async () => {
  const writes: string[] = []
  const stream = new Writable({
    decodeStrings: false,
    write(text, _, done) {
      writes.push(text)
      done()
    },
  })
  const writer = new BoundedWriter(stream, ignore)
  const lines = Array.from({ length: 1_000 }, (_, index) => line(index))
  for (const one of lines) writer.write(one)
  await writer.flushed(1_000)
  expect(writes.join('')).toBe(lines.join(''))
  expect(writes.length).toBeLessThan(10)
  expect(writer.dropped).toBe(0)
})

test('a line alone does not wait for others', async () => {
  const stream = new PassThrough({ encoding: 'utf8' })
  const writer = new BoundedWriter(stream, ignore)
  writer.write('alone\n')
  const [text] = await new Promise<[string]>(resolve => stream.once('data', data => resolve([data])))
  expect(text).toBe('alone\n')
})

test('nobody reads: memory stays bounded, each line that is lost is counted, and it goes on when read again', async () => {
  const stream = new PassThrough()
  const writer = new BoundedWriter(stream, ignore)
  for (let i = 0; i < 50_000; i += 1) writer.write(line(i))
  expect(stream.writableLength + stream.readableLength).toBeLessThan(1_200_000)
  const { dropped } = writer
  expect(dropped).toBeGreaterThan(35_000)
  let read = 0
  stream.on('data', (data: Buffer) => {
    read += data.length / 100
  })
  await expect.poll(() => read).toBe(50_000 - dropped)
  writer.write(line(0))
  await expect.poll(() => read).toBe(50_001 - dropped)
  expect(writer.dropped).toBe(dropped)
})

test('a stream that fails takes no more, and takes nothing else down', async () => {
  const stream = new PassThrough()
  const said: string[] = []
  const writer = new BoundedWriter(stream, error => said.push(error.message))
  const failed = new Promise(resolve => stream.once('error', resolve))
  stream.destroy(new Error('no space left'))
  await failed
  writer.write('lost\n')
  expect(writer.dropped).toBe(1)
  expect(said).toEqual(['no space left'])
})
