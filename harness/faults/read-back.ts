import { pause } from '../clock/pause.ts'
import type { ContainerState } from '../docker/containers.ts'
import type { FaultEngine, Verification } from './fault.ts'

const LIMIT_MS = 10_000

/** Asks the engine until the check holds, or for 10 s; the last answer is the verification. */
export async function readBack(
  engine: FaultEngine,
  id: string,
  check: (state: ContainerState) => Verification,
  signal: AbortSignal,
): Promise<Verification> {
  const limit = AbortSignal.timeout(LIMIT_MS)
  for (;;) {
    const verification = check(await engine.containers.inspect(id))
    if (verification.ok || limit.aborted) return verification
    await pause(50, signal)
  }
}

export function isStopped(state: ContainerState): Verification {
  return { ok: state.status === 'exited', detail: `${state.status}, exit code ${state.exitCode}` }
}

export function isRunning(state: ContainerState): Verification {
  return { ok: state.status === 'running', detail: `${state.status}, RestartCount ${state.restartCount}` }
}
