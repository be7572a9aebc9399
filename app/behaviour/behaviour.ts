import * as z from 'zod'

export const maxLatencyMs = 30_000
export const maxAnswerBytes = 1024 * 1024

/** How the app treats every request, until told otherwise. `error_rate` is a share, 0 to 1. */
export interface Behaviour {
  readonly latency_ms: number
  readonly error_rate: number
}

export const healthy: Behaviour = { latency_ms: 0, error_rate: 0 }

/** What `PUT /admin/behaviour` may say: any of the fields; those left out stay as they are. */
export const behaviourChange = z.strictObject({
  latency_ms: z.number().min(0).max(maxLatencyMs).optional(),
  error_rate: z.number().min(0).max(1).optional(),
})

export type BehaviourChange = z.infer<typeof behaviourChange>

export function changed(now: Behaviour, change: BehaviourChange): Behaviour {
  return {
    latency_ms: change.latency_ms ?? now.latency_ms,
    error_rate: change.error_rate ?? now.error_rate,
  }
}
