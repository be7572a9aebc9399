import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { FAULTS } from '../faults/catalogue.ts'
import { describeParameters } from '../faults/describe-parameters.ts'
import type { Fault } from '../faults/fault.ts'
import type { CommandContext } from './context.ts'

const INDENT = ' '.repeat(2 + Math.max(...FAULTS.map(({ kind }) => kind.length)))

export function faults({ terminal }: CommandContext): ExitCode {
  for (const fault of FAULTS) for (const line of linesOf(fault)) terminal.out(line)
  return EXIT.pass
}

function linesOf(fault: Fault): string[] {
  const { kind, summary, needs, fallsBackTo } = fault
  return [
    `${kind.padEnd(INDENT.length)}${summary}`,
    ...describeParameters(fault).map(
      ({ name, values, preset, description }) =>
        `${INDENT}${name}: ${values}${preset === undefined ? '' : `, default ${preset}`}; ${description}`,
    ),
    `${INDENT}needs: ${needs}${fallsBackTo === undefined ? '' : `; else: ${fallsBackTo}`}`,
  ]
}
