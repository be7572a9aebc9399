import { readAuthority } from './admin/commands/token.ts'
import { ConfigError, loadConfig } from './config/load-config.ts'
import type { DrainLimits } from './lifecycle/drain.ts'
import { createLog } from './log/json-log.ts'
import { type RunningBalancer, serve } from './serve.ts'

const DRAIN: DrainLimits = { graceMs: 500, limitMs: 8_000 }
const BAD_CONFIG = 2

export interface Signals {
  readonly toldToStop: Promise<void>
  /** SIGHUP: read the configuration again. */
  onHangUp(act: () => void): void
}

/** Runs until told to stop, and gives the exit code. */
export async function run(
  configPath: string,
  token: string | undefined,
  { toldToStop, onHangUp }: Signals,
): Promise<number> {
  const log = createLog(
    line => process.stdout.write(line),
    () => new Date(),
  )
  let balancer: RunningBalancer
  try {
    balancer = await serve(loadConfig(configPath), log, {
      reread: running => loadConfig(configPath, running),
      authorityOf: config => readAuthority(config, token),
    })
  } catch (error) {
    if (error instanceof ConfigError) {
      process.stderr.write(`${error.message}\n`)
      return BAD_CONFIG
    }
    process.stderr.write(`Cannot serve: ${(error as Error).message}\n`)
    return 1
  }
  onHangUp(() => balancer.reload())
  await toldToStop
  await balancer.stop(DRAIN)
  return 0
}
