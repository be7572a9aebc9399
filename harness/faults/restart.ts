import { z } from 'zod'
import type { ArmedFault, Fault } from './fault.ts'
import { isRunning, readBack } from './read-back.ts'

const parameters = z.strictObject({
  timeoutSeconds: z
    .number()
    .int()
    .min(0)
    .max(60)
    .optional()
    .describe('how long it may take to end before it is killed; without it, as long as the container says'),
})

/** `docker restart`: ended as by `stop`, and started again at once, by one order. */
export const restart: Fault<z.output<typeof parameters>> = {
  kind: 'restart',
  summary: 'the container is asked to end, and started again at once',
  parameters,
  effect: () => 'silence',
  tells: ['kill', 'stop', 'start', 'restart'],
  needs: 'nothing',
  async arm(target, engine, { timeoutSeconds }): Promise<ArmedFault> {
    const before = await engine.containers.inspect(target.id)
    return {
      undo: [{ kind: 'start-container', id: target.id, name: target.name }],
      inject: () => engine.containers.restart(target.id, timeoutSeconds),
      verify: signal =>
        readBack(
          engine,
          target.id,
          now => ({
            ok: now.startedNs > before.startedNs && now.finishedNs >= before.startedNs,
            detail: `${now.status}, ${now.startedNs > before.startedNs ? 'started anew' : 'not started anew'}`,
          }),
          signal,
        ),
      heal: () => engine.containers.start(target.id),
      verifyHealed: signal => readBack(engine, target.id, isRunning, signal),
      disarm: async () => undefined,
    }
  },
}
