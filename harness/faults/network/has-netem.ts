import type { FaultEngine, FaultTarget } from '../fault.ts'
import { HELPER_IMAGE } from './names.ts'

/** Whether the engine's kernel has netem: tried in a namespace of the helper's own, as `zonefall doctor` does. */
export async function hasNetem(engine: FaultEngine, { project }: FaultTarget): Promise<'netem' | 'none'> {
  const helper = await engine.armHelper({
    project,
    image: HELPER_IMAGE,
    script: 'if tc qdisc add dev lo root netem delay 1ms 2>/dev/null; then echo netem; else echo none; fi',
    capabilities: ['NET_ADMIN'],
    pidMode: 'own',
    expiresSeconds: 30,
  })
  try {
    return (await helper.fire()) === 'netem' ? 'netem' : 'none'
  } finally {
    await helper.disarm()
  }
}
