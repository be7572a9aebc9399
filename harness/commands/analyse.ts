import { resolve } from 'node:path'
import type { ExitCode } from '../errors/exit-codes.ts'
import { renderSummary } from '../report/summary.ts'
import { analyseRun } from '../results/analyse-run.ts'
import { exitCodeOf } from '../verdict/exit-code.ts'
import type { CommandContext } from './context.ts'

export async function analyse(
  dir: string,
  options: { json?: true },
  context: CommandContext,
): Promise<ExitCode> {
  const analysed = await analyseRun(resolve(context.cwd, dir), context.packageRoot)
  if (options.json) context.terminal.out(JSON.stringify(analysed.verdict))
  else
    for (const line of renderSummary([analysed], { colour: context.terminal.colour }))
      context.terminal.out(line)
  return exitCodeOf([analysed.verdict.status])
}
