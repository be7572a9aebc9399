import { toolboxCheck } from '../check.ts'
import { EXPIRES_SECONDS, startTarget, TOOLBOX } from '../engine-trials.ts'
import { type Finding, fine, limited } from '../finding.ts'

/** SIGKILL of a container's main process, by a helper that sees all processes of the engine's machine. */
export const processHelper = toolboxCheck('process helper', async ({ api }) => {
  await using target = await startTarget(api)
  const { pid } = await api.containers.inspect(target.id)
  // 0 is the helper's own group, and what the shell would make of a process that has ended already.
  if (pid <= 1) throw new Error(`the engine names ${pid} as the process of a running container`)
  await using helper = await api.startThrowaway({
    image: TOOLBOX,
    script: `kill -9 ${pid}`,
    capabilities: ['KILL'],
    pidMode: 'host',
    expiresSeconds: EXPIRES_SECONDS,
  })
  const { exitCode, output } = await helper.ended
  if (exitCode !== 0) return judgeProcessHelper({ kind: 'refused', said: output.trim() })
  return judgeProcessHelper({ kind: 'sent', targetExitCode: (await target.ended).exitCode })
})

type Outcome =
  | { readonly kind: 'refused'; readonly said: string }
  | { readonly kind: 'sent'; readonly targetExitCode: number }

export function judgeProcessHelper(outcome: Outcome): Finding {
  const how = '`--pid=host` with KILL alone'
  const instead = 'The fault `crash` cannot be made; use `kill`, which asks the engine.'
  if (outcome.kind === 'refused')
    return limited(`${how}: ${outcome.said || 'the signal was refused'}`, instead)
  if (outcome.targetExitCode !== 137)
    return limited(`${how}: the target ended with ${outcome.targetExitCode}, not by SIGKILL`, instead)
  return fine(`${how} kills the main process of its target`)
}
