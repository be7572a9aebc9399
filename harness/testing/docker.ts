import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** For tests: what somebody else does with the engine, by the docker command. Resolves with what it printed. */
export async function docker(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('docker', [...args], { timeout: 30_000 })).stdout.trim()
}

/** Runs a shell script in the network namespace of a container, with the right to change it. */
export function inNetworkOf(container: string, script: string): Promise<string> {
  const where = ['--network', `container:${container}`, '--cap-add', 'NET_ADMIN']
  return docker('run', '--rm', ...where, '--entrypoint', 'sh', 'zonefall/toolbox:1', '-ec', script)
}
