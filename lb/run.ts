import { ConfigError, loadConfig } from './config/load-config.ts'
import type { DrainLimits } from './lifecycle/drain.ts'
import { createLog } from './log/json-log.ts'
import { type RunningBalancer, serve } from './serve.ts'

const DRAIN: DrainLimits = { graceMs: 500, limitMs: 8_000 }
const BAD_CONFIG = 2

/** Runs until told to stop, and gives the exit code. */
export async function run(configPath: string, untilToldToStop: Promise<void>): Promise<number> {
  const log = createLog(
    line => process.stdout.write(line),
    () => new Date(),
  )
  let balancer: RunningBalancer
  try {
    balancer = await serve(loadConfig(configPath), log)
  } catch (error) {
    if (error instanceof ConfigError) {
      process.stderr.write(`${error.message}\n`)
      return BAD_CONFIG
    }
    process.stderr.write(`Cannot serve: ${(error as Error).message}\n`)
    return 1
  }
  await untilToldToStop
  await balancer.stop(DRAIN)
  return 0
}
