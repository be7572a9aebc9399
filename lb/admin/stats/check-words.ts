import type { Server } from '../../server/server.ts'
import type { Thresholds } from '../../server/server-state.ts'
import type { HealthStats } from '../../stats/health-stats.ts'

/** HAProxy's word for what the last check found; its management guide, 9.1, column 36. */
export function checkStatus({ lastCheck }: HealthStats): string {
  if (!lastCheck) return 'INI'
  const { result } = lastCheck
  if (result.kind === 'passed') return 'L7OK'
  if (result.cause === 'check-timeout') return result.layer === 4 ? 'L4TOUT' : 'L7TOUT'
  if (result.layer === 4) return 'L4CON'
  return result.status === undefined ? 'L7RSP' : 'L7STS'
}

export function describeCheck({ lastCheck }: HealthStats): string {
  if (!lastCheck) return 'no check has ended yet'
  const { result } = lastCheck
  return result.kind === 'passed' ? 'passed' : result.cause
}

/** Of `rise + fall - 1` points: down below `rise`, up from there. */
export function checkHealth({ state }: Server, { rise, fall }: Thresholds): number {
  return state.kind === 'up'
    ? rise + fall - 1 - Math.min(state.failed, fall - 1)
    : Math.min(state.passed, rise - 1)
}

/** `UP`, or `UP 1/3` while checks fail: how many more may; `DOWN`, or `DOWN 1/2`: how many of them have passed. */
export function statusWord(server: Server, { rise, fall }: Thresholds): string {
  const { administration, weight, state } = server
  if (administration === 'maint') return 'MAINT'
  if (state.kind === 'down') return state.passed > 0 ? `DOWN ${state.passed}/${rise}` : 'DOWN'
  const word = administration === 'drain' || weight === 0 ? 'DRAIN' : 'UP'
  return state.failed > 0 ? `${word} ${fall - state.failed}/${fall}` : word
}
