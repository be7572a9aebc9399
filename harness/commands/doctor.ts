import { join } from 'node:path'
import { findEndpoint } from '../docker/endpoint.ts'
import { CHECKS } from '../doctor/catalogue.ts'
import type { DoctorContext } from '../doctor/check.ts'
import { reachEngine } from '../doctor/reach-engine.ts'
import { renderResults } from '../doctor/render.ts'
import { runChecks } from '../doctor/run-checks.ts'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { openStateDir } from '../state/state-dir.ts'
import type { CommandContext } from './context.ts'

/** All of it is to end within 5 s: connecting, then what is measured alone, then the others side by side. */
const CONNECT_LIMIT_MS = 1500
const CHECK_LIMIT_MS = 3000

export async function doctor(options: { json?: true }, context: CommandContext): Promise<ExitCode> {
  await using stack = new AsyncDisposableStack()
  const results = await runChecks(CHECKS, await openContext(context, stack), CHECK_LIMIT_MS, context.signal)
  if (options.json) context.terminal.out(JSON.stringify({ schema: 1, checks: results }))
  else context.terminal.out(renderResults(results, context.terminal).join('\n'))
  return results.some(({ status }) => status === 'broken') ? EXIT.environment : EXIT.pass
}

async function openContext(
  { env, packageRoot }: CommandContext,
  stack: AsyncDisposableStack,
): Promise<DoctorContext> {
  const endpoint = await findEndpoint(env)
  // dockerode and the docker command each look for the engine in their own way; this settles it for both.
  env['DOCKER_HOST'] = endpoint
  const state = await openStateDir(env)
  const engine = await reachEngine(state, stack, { connectMs: CONNECT_LIMIT_MS, callMs: CHECK_LIMIT_MS })
  return { endpoint, engine, env, state, resultsFolder: join(packageRoot, 'results') }
}
