import { join, resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import type { CommandContext } from './context.ts'

/** Flags that mean the same on every command that has a system. */
export interface SystemOptions {
  readonly file?: string
  readonly url?: string
  readonly zoneLabel: string
  readonly tierLabel: string
  readonly instanceHeader: string
}

export function withSystemOptions(command: Command): Command {
  return command
    .option('-f, --file <file>', 'Compose file of the system under test (default: the reference system)')
    .option('--url <url>', 'its entry point, on a loopback address (default: its one published port)')
    .option('--zone-label <key>', 'container label that says the zone', 'zonefall.zone')
    .option('--tier-label <key>', 'container label that says the tier', 'zonefall.tier')
    .option(
      '--instance-header <name>',
      'response header that says which container answered',
      'x-zonefall-path',
    )
}

export function composeFileOf(options: SystemOptions, context: CommandContext): string {
  return options.file ? resolve(context.cwd, options.file) : join(context.packageRoot, 'docker-compose.yml')
}

/** Parses a whole number within bounds, for commander. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    }
    return value
  }
}
