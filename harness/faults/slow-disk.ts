import { z } from 'zod'
import type { Fault } from './fault.ts'
import { armAt } from './resources/arm-at.ts'
import { SLOW_DISK } from './resources/heal-elsewhere.ts'
import { HELPER_IMAGE } from './resources/perl-program.ts'

const parameters = z.strictObject({
  kibibytesPerSecond: z
    .number()
    .int()
    .min(4)
    .max(10_000_000)
    .default(256)
    .describe('that the target reads, and writes, on each disk that its files are on'),
})

/**
 * The block layer holds back what the target's cgroup reads and writes, but not what comes from memory. With cgroup v1 a
 * write that only goes to the page cache is not held back, one that must get to the disk (fsync, O_DIRECT) is.
 */
export const slowDisk: Fault<z.output<typeof parameters>> = {
  kind: 'slow-disk',
  summary: 'the disk under the target’s files reads and writes at a low rate',
  parameters,
  effect: () => 'none-in-traffic',
  tells: [],
  occupies: 'disk',
  needs: `a kernel that throttles block devices, files on one, --pid=host, and the image ${HELPER_IMAGE}`,
  async arm(target, engine, { kibibytesPerSecond }) {
    const { id, name, project } = target
    const bytes = kibibytesPerSecond * 1024
    return armAt(target, engine, {
      program: SLOW_DISK,
      begin: 'begin',
      inject: `inject ${bytes}`,
      undo: before => ({ heal: `heal ${before}`, entry: { kind: 'limit-disk', id, name, project, before } }),
      tookHold: shown => ({
        ok: shown !== '' && shown.split(' ').every(disk => disk.endsWith(`/${bytes}/${bytes}`)),
        detail: inWords(shown),
      }),
      isHealed: (shown, before) => ({ ok: shown === before, detail: inWords(shown) }),
    })
  },
}

/** `DEVICE/READ/WRITE`, in bytes a second, 0 for no limit. */
function inWords(shown: string): string {
  const rate = (bytes = '0') => (bytes === '0' ? 'as fast as it can' : `at ${bytes} bytes a second`)
  return shown
    .split(' ')
    .map(disk => disk.split('/'))
    .map(([device, read, write]) => `disk ${device} reads ${rate(read)}, writes ${rate(write)}`)
    .join('; ')
}
