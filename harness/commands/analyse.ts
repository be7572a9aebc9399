import { resolve } from 'node:path'
import { analyseAudit } from '../audit/analyse-audit.ts'
import { isAuditFolder } from '../audit/audit-record.ts'
import { analyseCapacity } from '../capacity/analyse-capacity.ts'
import { isCapacityFolder } from '../capacity/capacity-record.ts'
import type { ExitCode } from '../errors/exit-codes.ts'
import { analyseGate } from '../gate/analyse-gate.ts'
import { isGateFolder } from '../gate/gate-record.ts'
import { isReplayFolder } from '../replay/replay-record.ts'
import { renderAuditSummary } from '../report/audit-summary.ts'
import { renderCapacitySummary } from '../report/capacity-summary.ts'
import { renderGateSummary } from '../report/gate-summary.ts'
import { renderSummary } from '../report/summary.ts'
import { analyseRun } from '../results/analyse-run.ts'
import { isShrinkFolder } from '../shrink/shrink-record.ts'
import { exitCodeOf } from '../verdict/exit-code.ts'
import type { CommandContext } from './context.ts'
import { showReplay } from './replay.ts'
import { showShrink } from './shrink.ts'

export async function analyse(
  dir: string,
  options: { json?: true },
  context: CommandContext,
): Promise<ExitCode> {
  const folder = resolve(context.cwd, dir)
  if (isGateFolder(folder)) return analyseOneGate(folder, options, context)
  if (isAuditFolder(folder)) return analyseOneAudit(folder, options, context)
  if (isShrinkFolder(folder)) return showShrink(folder, options, context)
  if (isReplayFolder(folder)) return showReplay(folder, options, context)
  if (isCapacityFolder(folder)) return analyseOneCapacity(folder, options, context)
  const analysed = await analyseRun(folder, context.packageRoot)
  if (options.json) context.terminal.out(JSON.stringify(analysed.verdict))
  else
    for (const line of renderSummary([analysed], { colour: context.terminal.colour }))
      context.terminal.out(line)
  return exitCodeOf([analysed.verdict.status])
}

async function analyseOneGate(
  folder: string,
  options: { json?: true },
  { packageRoot, terminal }: CommandContext,
): Promise<ExitCode> {
  const verdict = await analyseGate(folder, packageRoot)
  if (options.json) terminal.out(JSON.stringify(verdict))
  else for (const line of renderGateSummary(verdict, { colour: terminal.colour })) terminal.out(line)
  return exitCodeOf([verdict.status])
}

async function analyseOneAudit(
  folder: string,
  options: { json?: true },
  { packageRoot, terminal }: CommandContext,
): Promise<ExitCode> {
  const verdict = await analyseAudit(folder, packageRoot)
  if (options.json) terminal.out(JSON.stringify(verdict))
  else for (const line of renderAuditSummary(verdict, { colour: terminal.colour })) terminal.out(line)
  return exitCodeOf([verdict.status])
}

async function analyseOneCapacity(
  folder: string,
  options: { json?: true },
  { packageRoot, terminal }: CommandContext,
): Promise<ExitCode> {
  const verdict = await analyseCapacity(folder, packageRoot)
  if (options.json) terminal.out(JSON.stringify(verdict))
  else for (const line of renderCapacitySummary(verdict, { colour: terminal.colour })) terminal.out(line)
  return exitCodeOf([verdict.status])
}
