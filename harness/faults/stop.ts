import { z } from 'zod'
import type { ArmedFault, Fault } from './fault.ts'
import { isRunning, isStopped, readBack } from './read-back.ts'

const parameters = z.strictObject({
  timeoutSeconds: z
    .number()
    .int()
    .min(0)
    .max(60)
    .optional()
    .describe('how long it may take to end before it is killed; without it, as long as the container says'),
})

/**
 * `docker stop`: the container’s own stop signal, its grace period, then SIGKILL. What the target does in that
 * time is its own affair: it may go on answering until it has ended, and so the fault instant is wide.
 */
export const stop: Fault<z.output<typeof parameters>> = {
  kind: 'stop',
  summary:
    'the container is asked to end, and killed when its grace period is over; it stays down until it is healed',
  parameters,
  effect: () => 'silence',
  tells: ['kill', 'stop'],
  needs: 'nothing',
  async arm(target, engine, { timeoutSeconds }): Promise<ArmedFault> {
    return {
      undo: [{ kind: 'start-container', id: target.id, name: target.name }],
      inject: () => engine.containers.stop(target.id, timeoutSeconds),
      verify: signal => readBack(engine, target.id, isStopped, signal),
      heal: () => engine.containers.start(target.id),
      verifyHealed: signal => readBack(engine, target.id, isRunning, signal),
      disarm: async () => undefined,
    }
  },
}
