import type { FaultEngine, FaultTarget } from '../fault.ts'
import { HELPER_IMAGE } from './names.ts'

/** All that a delay on some ports takes: netem in a band of its own, and a filter that leads there. */
const ATTEMPT = [
  'tc qdisc add dev lo root handle 1: prio bands 4',
  'tc qdisc add dev lo parent 1:4 netem delay 1ms',
  'tc filter add dev lo parent 1: protocol ip prio 1 u32 match ip sport 1 0xffff flowid 1:4',
].join(' && ')

/** Whether the engine's kernel has netem: tried in a namespace of the helper's own, as `zonefall doctor` does. */
export async function hasNetem(engine: FaultEngine, { project }: FaultTarget): Promise<'netem' | 'none'> {
  const helper = await engine.armHelper({
    project,
    image: HELPER_IMAGE,
    script: `if { ${ATTEMPT}; } 2>/dev/null; then echo netem; else echo none; fi`,
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
