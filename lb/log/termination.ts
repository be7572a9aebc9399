import type { EndedRequest } from '../stats/ended-request.ts'

const PHASES = { request: 'R', queue: 'Q', connect: 'C', headers: 'H', data: 'D' } as const
const CAUSED_BY_LIMIT = new Set([
  'connect-timeout',
  'server-timeout',
  'server-silent',
  'queue-timeout',
  'tunnel-timeout',
])

/**
 * How a request ended in HAProxy's two letters (its configuration manual, 8.5). First who ended it: `C` client, `S`
 * server, `s` a time limit of the server's side, `P` the balancer's own policy, `-` nobody, it went well. Then what
 * it was waiting for: `R` request, `Q` queue, `C` connection, `H` answer's head, `D` its body.
 */
export function terminationState({
  ending,
  phase,
  reason,
}: Pick<EndedRequest, 'ending' | 'phase' | 'reason'>): string {
  if (ending === 'client-gone') return `C${PHASES[phase]}`
  if (ending === 'whole' && reason === undefined) return '--'
  return `${whoEnded(phase, reason)}${PHASES[phase]}`
}

function whoEnded(phase: EndedRequest['phase'], reason: string | undefined): 'P' | 's' | 'S' {
  if (phase === 'request' || reason === 'maxconn') return 'P'
  return CAUSED_BY_LIMIT.has(reason ?? '') ? 's' : 'S'
}
