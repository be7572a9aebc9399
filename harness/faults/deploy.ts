import { z } from 'zod'
import { pause } from '../clock/pause.ts'
import type { ContainerState } from '../docker/containers.ts'
import { isReadyNow } from '../system/readiness.ts'
import type { ArmedFault, Fault, FaultEngine, Verification } from './fault.ts'
import { HELPER_IMAGE } from './network/names.ts'
import { isRunning, readBack } from './read-back.ts'

const parameters = z.strictObject({
  version: z
    .enum(['good', 'broken'])
    .default('good')
    .describe('good: a new container of the same configuration; broken: one that runs and never listens'),
  waitReady: z
    .enum(['always', 'never'])
    .default('always')
    .describe(
      'of several targets, the next one comes when the one before is ready; never: all without waiting',
    ),
  progressDeadlineSeconds: z
    .number()
    .int()
    .min(1)
    .max(600)
    .default(10)
    .describe('how long one may take to turn ready; if it does not, the next ones are left alone'),
})

/** Runs, and that is all that it does; its health check is the old one’s. */
const BROKEN = {
  Image: HELPER_IMAGE,
  Entrypoint: ['sleep'],
  Cmd: ['infinity'],
  User: '65534:65534',
  WorkingDir: '/',
}

/**
 * A new version goes out: the container is asked to end, as by `stop`, and a new one is started in its place. The old
 * one is kept aside until the fault is healed: then a good version stays and the old one goes, and a broken one is
 * rolled back. Ready is what its health check says, and without one, what runs.
 */
export const deploy: Fault<z.output<typeof parameters>> = {
  kind: 'deploy',
  summary: 'a new version is rolled out, good or broken; a broken one is rolled back when it is healed',
  parameters,
  effect: () => 'silence',
  tells: ['kill', 'stop', 'start', 'destroy'],
  needs: `nothing; for a broken version the image ${HELPER_IMAGE}`,
  leaves: 'another container of the same configuration',
  rollOut: ({ version, waitReady }) =>
    waitReady === 'never' ? undefined : version === 'good' ? 'to-all' : 'until-unready',
  async arm(target, engine, { version, progressDeadlineSeconds }): Promise<ArmedFault> {
    const { containers } = engine
    const { id: original, name } = target
    const replacement = await containers.createReplacement(original, version === 'broken' ? BROKEN : {})
    const deployment = { original, replacement, name }
    return {
      undo: [{ kind: 'roll-back', ...deployment }],
      inject: () => containers.deploy(deployment),
      verify: signal => readBack(engine, replacement, state => inPlace(state, name, version), signal),
      ready: signal => turnsReady(engine, replacement, progressDeadlineSeconds * 1000, signal),
      heal: () =>
        version === 'good' ? containers.keepDeployed(deployment) : containers.rollBack(deployment),
      async verifyHealed(signal) {
        const isKept = !(await containers.isThere(original))
        if (!isKept && (await containers.isThere(replacement)))
          return { ok: false, detail: 'both versions are there' }
        return readBack(engine, name, isRunning, signal)
      },
      disarm: () => containers.discardReplacement(replacement, name),
    }
  },
}

function inPlace(state: ContainerState, name: string, version: string): Verification {
  const ok = state.name === name && state.status === 'running'
  return { ok, detail: `the ${version} version is ${state.status} as ${state.name}` }
}

async function turnsReady(
  engine: FaultEngine,
  id: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<Verification> {
  const limit = AbortSignal.timeout(limitMs)
  for (;;) {
    const state = await engine.containers.inspect(id)
    const check =
      state.healthCheck.length > 0 ? 'its health check passes' : 'it runs, and has no health check'
    if (await isReadyNow(state, engine)) return { ok: true, detail: check }
    if (limit.aborted)
      return {
        ok: false,
        detail: `after ${limitMs / 1000} s it is ${state.status}, its health ${state.health}`,
      }
    await pause(100, signal)
  }
}
