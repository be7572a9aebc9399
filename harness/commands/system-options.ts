import { type Command, InvalidArgumentError } from 'commander'

/** Flags that mean the same on every command that has a system; what is not given comes from the configuration. */
export interface SystemOptions {
  readonly file?: string
  readonly url?: string
  readonly zoneLabel?: string
  readonly tierLabel?: string
  readonly instanceHeader?: string
}

/** A command line to be typed again: the words, the system's flags, and more flags; those without a value are left out. */
export function commandLine(
  words: readonly string[],
  options: SystemOptions,
  more: readonly (readonly [flag: string, value: string | undefined])[],
): string {
  const flags = [
    ['-f', options.file] as const,
    ['--url', options.url] as const,
    ['--zone-label', options.zoneLabel] as const,
    ['--tier-label', options.tierLabel] as const,
    ['--instance-header', options.instanceHeader] as const,
    ...more,
  ]
  return [
    ...words,
    ...flags.flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${value}`])),
  ].join(' ')
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

/** The flags that stood on the command line, by their long names. */
export function givenFlags(command: Command): string[] {
  return command.options.flatMap(option =>
    option.long && command.getOptionValueSource(option.attributeName()) === 'cli' ? [option.long] : [],
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

/** Parses `90s`, `5m` or `1500ms` into ms, for commander. */
export function duration(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)(ms|s|m|h)$/.exec(text.trim()) ?? []
  const ms = Number(number) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit] ?? 0)
  if (ms <= 0 || ms > 86_400_000) throw new InvalidArgumentError('Write a time such as 3s, 90s or 5m.')
  return ms
}

/** Parses `5%` or `0.05` into a share above 0 and at most 1, for commander. */
export function share(text: string): number {
  const [, number = '', percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim()) ?? []
  const value = Number(number) / (percent === '%' ? 100 : 1)
  if (number === '' || value <= 0 || value > 1)
    throw new InvalidArgumentError('Write a share such as 5% or 0.05.')
  return value
}

/** Parses a number of CPUs such as 0.2, for commander. */
export function cpuCount(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0.01 && value <= 1024))
    throw new InvalidArgumentError('Write a number of CPUs such as 0.2.')
  return value
}

/** The same, no longer than that. */
export function durationUpTo(mostMs: number): (text: string) => number {
  return text => {
    const ms = duration(text)
    if (ms > mostMs) throw new InvalidArgumentError(`${mostMs / 1000} s is the most.`)
    return ms
  }
}

/** An option that may be repeated, for commander. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text]
}
