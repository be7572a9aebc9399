import { z } from 'zod'
import type { Fault } from './fault.ts'
import { armAt } from './resources/arm-at.ts'
import { HELPER_IMAGE } from './resources/perl-program.ts'

const MEBIBYTE = 1024 * 1024

const parameters = z.strictObject({
  path: z
    .string()
    .regex(/^\/[^\s]*$/, 'must be an absolute path in the container, without blanks')
    .optional()
    .describe('a folder in the target; default its first writable mount with a size of its own'),
  leaveKibibytes: z.number().int().min(0).max(1_048_576).default(0).describe('what is left free'),
  maxMebibytes: z
    .number()
    .int()
    .min(1)
    .max(8192)
    .default(512)
    .describe('the most that is written; a mount with more room is refused'),
})

/**
 * A helper fills a mount of the target by a file without a name, and keeps it full. The engine's own disk is never
 * filled: see disk-full.pl for which mounts are refused. What a tmpfs then holds counts as the helper's memory.
 */
export const diskFull: Fault<z.output<typeof parameters>> = {
  kind: 'disk-full',
  summary: 'a writable mount of the target has no room left',
  parameters,
  effect: () => 'none-in-traffic',
  tells: [],
  occupies: 'disk',
  needs: `a tmpfs or a volume with a size of its own, --pid=host, and the image ${HELPER_IMAGE}`,
  async arm(target, engine, { path = '', leaveKibibytes, maxMebibytes }) {
    const rest = leaveKibibytes * 1024
    const bounds = `${maxMebibytes * MEBIBYTE} ${rest}`
    return armAt(target, engine, {
      program: {
        name: 'disk-full',
        capabilities: ['SYS_PTRACE', 'DAC_OVERRIDE'],
        memoryBytes: (maxMebibytes + 64) * MEBIBYTE,
      },
      begin: `begin ${bounds} ${path}`,
      inject: `inject ${bounds}`,
      tookHold(shown) {
        const { free, size, folder } = read(shown)
        return { ok: free <= rest, detail: `${free} of ${size} bytes free in ${folder}` }
      },
      isHealed(shown) {
        const { free, size, folder } = read(shown)
        return { ok: free > rest, detail: `${free} of ${size} bytes free in ${folder}` }
      },
    })
  },
}

function read(shown: string): { free: number; size: number; folder: string } {
  const [free, size, folder = ''] = shown.split(' ')
  return { free: Number(free), size: Number(size), folder }
}
