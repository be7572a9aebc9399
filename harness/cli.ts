import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError, Option } from 'commander'
import type { CommandContext } from './commands/context.ts'
import {
  collect,
  cpuCount,
  duration,
  durationUpTo,
  givenFlags,
  share,
  wholeNumber,
  withSystemOptions,
} from './commands/system-options.ts'
import { EXIT, type ExitCode } from './errors/exit-codes.ts'
import { ZonefallError } from './errors/zonefall-error.ts'
import { openTerminal } from './terminal/terminal.ts'

/** The entry point: flags in, exit code out. Commands are loaded when they are called, so that --help is quick. */
async function main(argv: readonly string[]): Promise<ExitCode> {
  const interrupt = new AbortController()
  const terminal = openTerminal(process.stdout, process.stderr, {
    json: argv.includes('--json'),
    noColour: Boolean(process.env['NO_COLOR']),
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interrupt.signal.aborted) terminal.say('Still undoing; this takes a few seconds.')
      else interrupt.abort(new ZonefallError('INTERRUPTED', `Interrupted by ${signal}.`))
    })
  }
  const context: CommandContext = {
    env: process.env,
    cwd: process.cwd(),
    packageRoot: dirname(dirname(fileURLToPath(import.meta.url))),
    terminal,
    signal: interrupt.signal,
  }
  try {
    let exit: ExitCode = EXIT.pass
    await program(context, code => {
      exit = code
    }).parseAsync(argv, { from: 'user' })
    return exit
  } catch (error) {
    return report(error, context)
  }
}

function program(context: CommandContext, done: (exit: ExitCode) => void): Command {
  const cli = new Command('zonefall')
    .description(
      'Breaks one container of a Docker Compose system at a time, under traffic, and measures how long it hurts.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: text => process.stdout.write(text),
      writeErr: text => process.stderr.write(text),
    })
    .showHelpAfterError('(zonefall --help shows how it is used)')
    .addHelpText(
      'after',
      `
Exit codes: 0 pass, 1 fail, 2 usage or configuration, 3 inconclusive or invalid,
            4 environment not usable, 5 something could not be undone, 130 interrupted`,
    )

  withSystemOptions(cli.command('run [experiments...]'))
    .description('run experiments (default: gateway-kill and single-gateway) and judge them by their SLOs')
    .option(
      '--target <selector>',
      'what to break instead of the experiment’s own choice: tier=…,zone=…,service=…,name=…,label.KEY=…; how many: count=…, share=…, all, wholeZones=…',
    )
    .option('--trials <n>', 'repeat each experiment', wholeNumber(1, 1000), 1)
    .option('--seed <n>', 'reproduce a run’s random choices', wholeNumber(0, 2 ** 31 - 1))
    .option('--out <dir>', 'results folder, new or empty (default: a new one under results/)')
    .option('--keep', 'leave the system up afterwards')
    .option('--dry-run', 'show the plan and do nothing')
    .option('--json', 'print the verdict as JSON on standard output, all else on standard error')
    .action(async (experiments, options) =>
      done(await (await import('./commands/run.ts')).run(experiments, options, context)),
    )

  withSystemOptions(cli.command('gate [experiment]'))
    .description('compare this tree with a base under the same faults; fails on an SLO or a regression')
    .requiredOption(
      '--baseline <ref-or-dir>',
      'what to compare with: a commit, branch or tag, or a directory',
    )
    .option('--prepare <command>', 'run in each side’s tree before its images are built')
    .option('--target <selector>', 'what to break instead of the experiment’s own choice')
    .option(
      '--trials <n>',
      'trials of each side, twice as many if a metric looks worse',
      wholeNumber(1, 50),
      5,
    )
    .option('--seed <n>', 'reproduce a gate’s random choices', wholeNumber(0, 2 ** 31 - 1))
    .option('--out <dir>', 'results folder, new or empty (default: a new one under results/)')
    .option('--json', 'print the verdict as JSON on standard output, all else on standard error')
    .action(async (experiment, options) =>
      done(await (await import('./commands/gate.ts')).gate(experiment ?? 'gateway-kill', options, context)),
    )

  withSystemOptions(cli.command('audit'))
    .description(
      'break every container and every zone, one at a time: which of them is a single point of failure?',
    )
    .option('--faults <kinds>', 'by which faults, with a comma between (default: kill,pause,cut)')
    .option('--only <selector>', 'try these alone: tier=…,zone=…,service=…,name=…; may be repeated', collect)
    .option(
      '--accept <component:reason>',
      'a single point of failure that is lived with; may be repeated',
      collect,
    )
    .option('--hold <time>', 'how long each fault holds, e.g. 3s', duration)
    .option('--recovery <time>', 'how long to wait for the steady state after each, at most', duration)
    .option('--budget <time>', 'how long all may take, e.g. 5m: the most important is tried first', duration)
    .option('--resume <dir>', 'go on with an audit that was ended before it was done')
    .option('--seed <n>', 'reproduce an audit’s random choices', wholeNumber(0, 2 ** 31 - 1))
    .option('--out <dir>', 'results folder, new or empty (default: a new one under results/)')
    .option('--json', 'print the verdict as JSON on standard output, all else on standard error')
    .action(async options => done(await (await import('./commands/audit.ts')).audit(options, context)))

  withSystemOptions(cli.command('replay <dir>'))
    .description('run a stored run’s plan again, and show how alike the two error curves are')
    .option('--trials <n>', 'how often (default: as often as the stored run)', wholeNumber(1, 100))
    .option('--out <dir>', 'results folder, new or empty (default: a new one under results/)')
    .option('--json', 'print the likeness as JSON on standard output, all else on standard error')
    .action(async (dir, options) =>
      done(await (await import('./commands/replay.ts')).replay(dir, options, context)),
    )

  withSystemOptions(cli.command('capacity'))
    .description('find the highest rate within the SLO with all instances, and with each zone gone')
    .option('--peak <rate>', 'requests a second that must survive a lost zone', wholeNumber(40, 10_000_000))
    .option('--for <rate>', 'say what it would take to carry this rate', wholeNumber(1, 1_000_000_000))
    .addOption(
      new Option('--fault <kind>', 'how a zone is lost').choices(['kill', 'pause', 'cut']).default('kill'),
    )
    .option('--zone <name>', 'lose this zone only; may be repeated', collect)
    .addOption(
      new Option('--p99 <time>', 'slowest p99 at which a rate counts as carried')
        .argParser(duration)
        .default(250, '250ms'),
    )
    .addOption(
      new Option('--success <share>', 'least share of good requests at which it does')
        .argParser(share)
        .default(0.999, '99.9%'),
    )
    .option('--from <rate>', 'first rate that is tried', wholeNumber(40, 10_000_000), 100)
    .option('--max-rate <rate>', 'highest rate that is tried', wholeNumber(40, 10_000_000), 50_000)
    .addOption(
      new Option('--resolution <share>', 'how close to find the limit').argParser(share).default(0.05, '5%'),
    )
    .addOption(
      new Option('--step <time>', 'how long each rate is held').argParser(duration).default(4000, '4s'),
    )
    .option('--path <path>', 'what is asked for', '/')
    .option('--cpus-per-instance <n>', 'CPUs that each instance with a zone may use meanwhile', cpuCount)
    .option('--tier <tier>', 'limit the CPUs of this tier only')
    .addOption(
      new Option('--budget <time>', 'how long all may take').argParser(duration).default(600_000, '10m'),
    )
    .option('--resume <dir>', 'go on with a search that was ended before it was done')
    .option('--seed <n>', 'reproduce a search’s random choices', wholeNumber(0, 2 ** 30))
    .option('--out <dir>', 'results folder, new or empty (default: a new one under results/)')
    .option('--dry-run', 'show the plan and do nothing')
    .option('--json', 'print the verdict as JSON on standard output, all else on standard error')
    .action(async (options, command) => {
      const { capacity } = await import('./commands/capacity.ts')
      done(await capacity({ ...options, given: givenFlags(command) }, context))
    })

  withSystemOptions(cli.command('record'))
    .description('watch a system that somebody breaks by hand, and write the experiment that does the same')
    .option('--for <time>', 'how long, e.g. 60s; Ctrl-C ends it sooner', durationUpTo(900_000), 900_000)
    .option('--out <dir>', 'results folder, new or empty (default: a new one under results/)')
    .option('--json', 'print what was recorded as JSON on standard output, all else on standard error')
    .action(async options => done(await (await import('./commands/record.ts')).record(options, context)))

  withSystemOptions(cli.command('shrink [dir]'))
    .description('find the smallest part of a failing run’s faults that still fails')
    .option(
      '--trials <n>',
      'valid trials in which a part must not fail to pass (default: 2)',
      wholeNumber(1, 100),
    )
    .option('--budget <time>', 'how long all may take, e.g. 10m', duration)
    .option('--resume <dir>', 'go on with a search that was ended before it was done')
    .option('--out <dir>', 'results folder, new or empty (default: a new one under results/)')
    .option('--json', 'print the verdict as JSON on standard output, all else on standard error')
    .action(async (dir, options) =>
      done(await (await import('./commands/shrink.ts')).shrink(dir, options, context)),
    )

  withSystemOptions(cli.command('up'))
    .description('bring the system up and leave it running')
    .action(async options => done(await (await import('./commands/up.ts')).up(options, context)))

  withSystemOptions(cli.command('down'))
    .description('take the system down')
    .action(async options => done(await (await import('./commands/down.ts')).down(options, context)))

  withSystemOptions(cli.command('status'))
    .description('show the system’s containers, and what earlier runs left behind')
    .option('--json', 'print it as JSON')
    .action(async options => done(await (await import('./commands/status.ts')).status(options, context)))

  cli
    .command('cleanup')
    .description('undo whatever runs that died have left behind')
    .action(async () => done(await (await import('./commands/cleanup.ts')).cleanup(context)))

  cli
    .command('analyse <dir>')
    .description('recompute analysis, verdict and report of a stored run')
    .option('--json', 'print the verdict as JSON on standard output')
    .action(async (dir, options) =>
      done(await (await import('./commands/analyse.ts')).analyse(dir, options, context)),
    )

  cli
    .command('calibrate')
    .description('measure outages whose true length is known, and show how far off the measurement is')
    .option('--rounds <n>', 'repeat the 24 outages', wholeNumber(1, 100), 1)
    .option('--rate <n>', 'probes a second', wholeNumber(10, 1000), 100)
    .option('--seed <n>', 'reproduce the order and lengths', wholeNumber(0, 2 ** 31 - 1))
    .option(
      '--beside-url <url>',
      'put load on another server meanwhile, to see whether the measurement stands it',
    )
    .option('--beside-rate <n>', 'requests a second for --beside-url', wholeNumber(1, 100_000), 200)
    .option('--json', 'print the result as JSON on standard output, all else on standard error')
    .action(async options =>
      done(await (await import('./commands/calibrate.ts')).calibrate(options, context)),
    )

  cli
    .command('doctor')
    .description('look whether engine, kernel and machine can do what runs need')
    .option('--json', 'print the findings as JSON on standard output')
    .action(async options => done(await (await import('./commands/doctor.ts')).doctor(options, context)))

  cli
    .command('validate <file...>')
    .description('check experiment files without running them')
    .action(async files => done(await (await import('./commands/validate.ts')).validate(files, context)))

  cli
    .command('faults')
    .description('list the faults')
    .action(async () => done((await import('./commands/faults.ts')).faults(context)))

  return cli
}

/** One line for what went wrong; two when undoing it went wrong as well, and then that decides the exit code. */
function report(error: unknown, context: CommandContext): ExitCode {
  const failures = unravel(error)
  const codes = failures.map(failure => reportOne(failure, context))
  if (failures.length === 1 && codes[0] === EXIT.interrupted)
    context.terminal.err('zonefall: Everything was undone.')
  return codes.find(code => code === EXIT.notUndone) ?? codes[0] ?? EXIT.environment
}

/** The first error, then those of its clean-up, each once. */
function unravel(error: unknown): unknown[] {
  if (!(error instanceof SuppressedError)) return [error]
  return [...new Set([...unravel(error.suppressed), ...unravel(error.error)])]
}

function reportOne(error: unknown, { terminal }: CommandContext): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.pass : EXIT.usage
  if (error instanceof ZonefallError) {
    terminal.err(error.line)
    return error.exitCode
  }
  terminal.err('zonefall: this is a defect of Zonefall; please report it with the lines below.')
  terminal.err(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return EXIT.environment
}

process.exitCode = await main(process.argv.slice(2))
