import { expect, test } from 'vitest'
import { demultiplex } from './logs.ts'

const frame = (stream: number, text: string) => {
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

test('frames of both streams are joined in their order', () => {
  expect(demultiplex(Buffer.concat([frame(1, 'out\n'), frame(2, 'error\n')]))).toBe('out\nerror\n')
})

test('the output of a container with a TTY is not framed', () => {
  expect(demultiplex(Buffer.from('plain output, longer than a header'))).toBe(
    'plain output, longer than a header',
  )
})
