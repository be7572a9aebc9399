import { Command, Option } from 'commander'
import { expect, test } from 'vitest'
import { requireNothingNew } from './capacity-options.ts'
import { givenFlags, withSystemOptions } from './system-options.ts'

function given(...args: string[]): string[] {
  const command = withSystemOptions(new Command('capacity'))
    .addOption(new Option('--p99 <time>').default(250, '250ms'))
    .option('--max-rate <rate>', '', '50000')
    .option('--resume <dir>')
    .option('--json')
  return givenFlags(command.parse(args, { from: 'user' }))
}

test('a search that is gone on with takes no flag that would be another search, defaults are none', () => {
  expect(() => requireNothingNew({ given: given('--resume', 'results/x', '--json') })).not.toThrow()
  expect(() =>
    requireNothingNew({ given: given('--resume', 'x', '--p99', '250', '--max-rate', '90', '-f', 'a.yml') }),
  ).toThrow('--file, --p99, --max-rate cannot be changed')
})
