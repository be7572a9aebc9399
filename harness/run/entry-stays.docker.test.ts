import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { smallRun } from '../testing/small-system.ts'
import { zonefall } from '../testing/zonefall-process.ts'

test.each(['kill', 'remove'])(
  'a %s of the entry point itself: where the engine would choose its port, it is at the old one again',
  async kind => {
    const timing = { warmUpMs: 300, baselineMs: 1000, holdMs: 1000, recoveryMs: 6000 }
    const small = await smallRun(`entry-${kind}`, kind, timing)
    const run = await zonefall(small.args, { ...small.env, SMALL_PORT: '' })
    expect(run.stderr).toBe('')
    const analysis = JSON.parse(await readFile(join(small.out, 'trial-1/analysis.json'), 'utf8'))
    expect(analysis.metrics.lost_requests.value).toBeGreaterThan(50)
    // It ended: a probe was good again, at the address that the trial had from the beginning.
    expect(analysis.metrics.error_window_ms.value?.value).toBeGreaterThan(900)
    expect(await readdir(small.env.ZONEFALL_STATE_DIR)).toEqual([])
  },
)
