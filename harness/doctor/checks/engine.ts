import { isLoopback } from '../../traffic/loopback.ts'
import type { Check } from '../check.ts'
import { broken, type Finding, fine, limited } from '../finding.ts'

export const engine: Check = {
  name: 'engine',
  pace: 'together',
  run: async ({ engine: found, endpoint }) => {
    if (found.kind === 'unreached') {
      return broken(
        `${endpoint}: ${found.reason}`,
        'Start Docker, or let `npm run setup` do it; DOCKER_HOST or `docker context use` chooses another engine.',
      )
    }
    const { serverVersion, operatingSystem, kernel } = found.api.facts
    return judgeEndpoint(endpoint, `Docker ${serverVersion} on ${operatingSystem}, kernel ${kernel}`)
  },
}

/** Traffic goes to loopback only, which an engine on another machine does not publish on. */
export function judgeEndpoint(endpoint: string, what: string): Finding {
  const where = `${what}, at ${endpoint}`
  const { protocol, hostname } = URL.canParse(endpoint) ? new URL(endpoint) : { protocol: '', hostname: '' }
  const isHere = ['unix:', 'npipe:'].includes(protocol) || isLoopback(hostname)
  if (isHere) return fine(where)
  return limited(
    `${where}: its containers publish their ports there, and traffic is sent to this machine's loopback only.`,
    'Forward the entry point to a port here (for instance with ssh -L) and give that with --url.',
  )
}
