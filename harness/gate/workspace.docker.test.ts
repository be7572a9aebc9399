import { readdir } from 'node:fs/promises'
import { afterEach, expect, test } from 'vitest'
import { connectEngine } from '../docker/engine.ts'
import { openStateDir } from '../state/state-dir.ts'
import { ownState } from '../testing/zonefall-process.ts'
import { withWorkspace } from './workspace.ts'

const options = process.env['NODE_OPTIONS']
afterEach(() => {
  if (options === undefined) delete process.env['NODE_OPTIONS']
  else process.env['NODE_OPTIONS'] = options
})

test('a watchdog that does not start leaves no journal behind, which would look like a run that died', async () => {
  const state = await openStateDir(await ownState())
  const engine = await connectEngine()
  process.env['NODE_OPTIONS'] = '--no-such-option' // the new process inherits it
  const opened = withWorkspace(
    { state, engine, project: 'p', remark: () => undefined, signal: new AbortController().signal },
    async () => undefined,
  )
  await expect(opened).rejects.toThrow('the watchdog did not start')
  expect(await readdir(state.path)).toEqual([])
})
