import type { ServerState } from './server-state.ts'

/**
 * What an operator wants of a server, apart from what its checks find.
 *
 *     ready   in rotation when its checks say so
 *     drain   what it has under way it may finish, nothing new
 *     maint   likewise, and its connections are not kept; its checks go on, but change nothing for anybody
 */
export type Administration = 'ready' | 'drain' | 'maint'

/** Whether new requests go there, and if not, whether somebody wants it so (`drain`) or it is broken (`down`). */
export type Standing = 'up' | 'down' | 'drain'

interface Administered {
  readonly administration: Administration
  readonly weight: number
  readonly state: { readonly kind: 'up' | 'down' }
}

export function standingOf({ administration, weight, state }: Administered): Standing {
  if (administration === 'maint') return 'drain'
  if (state.kind === 'down') return 'down'
  return administration === 'ready' && weight > 0 ? 'up' : 'drain'
}

/** Why it stands where an operator's order leaves it. */
export function causeOf({
  administration,
  weight,
  state,
}: Administered & { readonly state: ServerState }): string {
  if (administration !== 'ready') return `operator ${administration}`
  if (weight === 0) return 'operator weight 0'
  return state.kind === 'up' ? 'operator ready' : `still down: ${state.because}`
}
