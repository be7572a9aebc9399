import { type Command, InvalidArgumentError } from 'commander'

/** Flags that mean the same on every command that has a system; what is not given comes from the configuration. */
export interface SystemOptions {
  readonly file?: string
  readonly url?: string
  readonly zoneLabel?: string
  readonly tierLabel?: string
  readonly instanceHeader?: string
}

export function withSystemOptions(command: Command): Command {
  return command
    .option('-f, --file <file>', 'Compose file of the system under test (default: the reference system)')
    .option('--url <url>', 'its entry point, on a loopback address (default: its one published port)')
    .option('--zone-label <key>', 'container label that says the zone (default: zonefall.zone)')
    .option('--tier-label <key>', 'container label that says the tier (default: zonefall.tier)')
    .option(
      '--instance-header <name>',
      'response header that says which container answered (default: x-zonefall-path)',
    )
}

/** Parses a whole number within bounds, for commander. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    }
    return value
  }
}
