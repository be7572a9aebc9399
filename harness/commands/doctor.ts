import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectToDiagnose } from '../docker/diagnosis.ts'
import { findEndpoint } from '../docker/endpoint.ts'
import { CHECKS } from '../doctor/catalogue.ts'
import type { DoctorContext } from '../doctor/check.ts'
import { engineTrials } from '../doctor/engine-trials.ts'
import { renderResults } from '../doctor/render.ts'
import { runChecks } from '../doctor/run-checks.ts'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { messageOf } from '../errors/zonefall-error.ts'
import { openStateDir } from '../state/state-dir.ts'
import type { CommandContext } from './context.ts'

/** All of it is to end within 5 s: connecting, then what is measured alone, then the others side by side. */
const CONNECT_LIMIT_MS = 1500
const CHECK_LIMIT_MS = 3000

export async function doctor(options: { json?: true }, context: CommandContext): Promise<ExitCode> {
  const results = await runChecks(CHECKS, await openContext(context), CHECK_LIMIT_MS, context.signal)
  if (options.json) context.terminal.out(JSON.stringify({ schema: 1, checks: results }))
  else context.terminal.out(renderResults(results, context.terminal).join('\n'))
  return results.some(({ status }) => status === 'broken') ? EXIT.environment : EXIT.pass
}

async function openContext({ env, packageRoot }: CommandContext): Promise<DoctorContext> {
  const endpoint = await findEndpoint(env)
  // dockerode and the docker command each look for the engine in their own way; this settles it for both.
  env['DOCKER_HOST'] = endpoint
  const [engine, state] = await Promise.all([reachEngine(), openStateDir(env)])
  return { endpoint, engine, env, state, resultsFolder: join(packageRoot, 'results') }
}

async function reachEngine(): Promise<DoctorContext['engine']> {
  try {
    const api = await Promise.race([
      connectToDiagnose(CHECK_LIMIT_MS),
      sleep(CONNECT_LIMIT_MS, undefined, { ref: false }).then(() => {
        throw new Error(`No Docker engine answers within ${CONNECT_LIMIT_MS / 1000} s.`)
      }),
    ])
    return { kind: 'reached', api, trials: engineTrials(api) }
  } catch (error) {
    return { kind: 'unreached', reason: messageOf(error) }
  }
}
