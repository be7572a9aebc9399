import { z } from 'zod'
import type { Fault } from './fault.ts'
import { armAt } from './resources/arm-at.ts'
import { OPEN_FILES } from './resources/heal-elsewhere.ts'
import { HELPER_IMAGE } from './resources/perl-program.ts'

const parameters = z.strictObject({
  spare: z.number().int().min(0).max(100_000).default(0).describe('how many more each process may open'),
})

/**
 * The soft limit of each of the target's processes is lowered to what it has open. What it opens then fails with EMFILE:
 * connections are taken by the kernel and never accepted, files and log files cannot be opened. Each gets its own limit back.
 */
export const fileDescriptors: Fault<z.output<typeof parameters>> = {
  kind: 'file-descriptors',
  summary: 'the target can open no more files and connections than it has open',
  parameters,
  effect: () => 'impaired',
  tells: [],
  occupies: 'descriptors',
  needs: `--pid=host, and the image ${HELPER_IMAGE}`,
  async arm(target, engine, { spare }) {
    const { id, name, project } = target
    return armAt(target, engine, {
      program: OPEN_FILES,
      begin: 'begin',
      inject: `inject ${spare}`,
      undo: before => ({
        heal: `heal ${before}`,
        entry: { kind: 'limit-open-files', id, name, project, before },
      }),
      tookHold(shown) {
        const { low, all, main } = read(shown)
        return {
          ok: all > 0 && low === all,
          detail: `${low} of ${all} processes limited, the main one to ${main}`,
        }
      },
      isHealed(shown) {
        const { low, all, main } = read(shown)
        return { ok: low === 0, detail: `${low} of ${all} processes limited, the main one may open ${main}` }
      },
    })
  },
}

function read(shown: string): { low: number; all: number; main: string } {
  const [low, all, main = ''] = shown.split(' ')
  return { low: Number(low), all: Number(all), main }
}
