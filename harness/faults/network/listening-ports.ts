import type { FaultEngine, FaultTarget } from '../fault.ts'
import { HELPER_IMAGE } from './names.ts'

/** TCP ports on which the target can be reached from outside. Errors: there is none. */
export async function listeningPorts(
  engine: FaultEngine,
  { id, name, project }: FaultTarget,
): Promise<number[]> {
  const helper = await engine.armHelper({
    project,
    image: HELPER_IMAGE,
    script: 'cat /proc/net/tcp /proc/net/tcp6',
    capabilities: [],
    pidMode: 'own',
    networkOf: id,
    expiresSeconds: 30,
  })
  try {
    const ports = parseListening(await helper.fire())
    if (ports.length === 0) throw new Error(`${name} listens on no TCP port that others can reach`)
    return ports
  } finally {
    await helper.disarm()
  }
}

const LISTEN = '0A'

/** `/proc/net/tcp` and `tcp6` → the ports of their listening sockets, those of loopback left out. */
export function parseListening(text: string): number[] {
  const ports = text.split('\n').flatMap(line => {
    const [, address = '', port = '', , , state] = line.trim().split(/[\s:]+/)
    return state === LISTEN && !isLoopback(address) ? [Number.parseInt(port, 16)] : []
  })
  return [...new Set(ports)].sort((a, b) => a - b)
}

/** Words of four bytes, each in the machine's order: 127.x ends in `7F`, ::1 is three words of 0 and 1. */
function isLoopback(address: string): boolean {
  if (address.length === 8) return address.endsWith('7F')
  return address === '00000000000000000000000001000000' || /^0{16}FFFF0000.{6}7F$/.test(address)
}
