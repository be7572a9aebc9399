import { readFile } from 'node:fs/promises'
import { CLEAR_SCRIPT } from './clear.ts'
import { CHAIN_IN, CHAIN_NAT, HELPER_EXPIRES_SECONDS } from './names.ts'

/** A standing helper's program: the proxy before these ports of the target, as text for the helper's own Node. */
export async function proxyProgram(
  ports: readonly number[],
  expiresSeconds = HELPER_EXPIRES_SECONDS,
): Promise<string[]> {
  const source = await readFile(new URL('./proxy-main.ts', import.meta.url), 'utf8')
  const settings = {
    ports,
    clearScript: CLEAR_SCRIPT,
    chains: { in: CHAIN_IN, nat: CHAIN_NAT },
    expiresSeconds,
  }
  // Should its own end ever fail to come.
  const limit = ['timeout', '-s', 'KILL', String(expiresSeconds + 30)]
  return [...limit, 'node', '--input-type=module-typescript', '-e', source, JSON.stringify(settings)]
}
