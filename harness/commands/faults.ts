import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { FAULTS } from '../faults/catalogue.ts'
import type { CommandContext } from './context.ts'

export function faults({ terminal }: CommandContext): ExitCode {
  for (const { kind, summary, needs } of FAULTS)
    terminal.out(`${kind.padEnd(8)} ${summary}\n${' '.repeat(9)}needs: ${needs}`)
  return EXIT.pass
}
