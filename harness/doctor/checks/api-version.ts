import { engineCheck } from '../check.ts'
import { broken, type Finding, fine } from '../finding.ts'
import { atLeast } from '../version.ts'

/** That of Docker 20.10. */
const LEAST = '1.41'

export const apiVersion = engineCheck('API version', async ({ api }) =>
  judgeApiVersion(api.facts.apiVersion, api.facts.serverVersion),
)

export function judgeApiVersion(apiVersion: string, serverVersion: string): Finding {
  if (atLeast(apiVersion, LEAST)) return fine(`${apiVersion}; ${LEAST} is needed`)
  return broken(
    `The engine (${serverVersion}) speaks version ${apiVersion} of the API; ${LEAST} is needed.`,
    'Install Docker Engine 20.10 or newer.',
  )
}
