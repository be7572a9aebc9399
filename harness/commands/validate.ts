import { join } from 'node:path'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { loadExperiment } from '../experiment/load-experiment.ts'
import type { CommandContext } from './context.ts'

/** Checks every file, going on past bad ones; exit 2 if any is bad. */
export async function validate(
  files: readonly string[],
  { terminal, packageRoot }: CommandContext,
): Promise<ExitCode> {
  let exit: ExitCode = EXIT.pass
  for (const file of files) {
    try {
      const experiment = await loadExperiment(file, join(packageRoot, 'experiments'))
      terminal.out(`${file}: fine (${experiment.title})`)
    } catch (error) {
      if (!(error instanceof ZonefallError)) throw error
      terminal.err(error.line)
      exit = EXIT.usage
    }
  }
  return exit
}
