/** What the entry point hands to every command: nothing below it reads the environment or writes by itself. */
export interface CommandContext {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** Folder of this package: the reference system, the library of experiments. */
  readonly packageRoot: string
  readonly terminal: Terminal
  /** Aborted with an INTERRUPTED error on Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal
}

export interface Terminal {
  /** The result of the command, a line. */
  out(line: string): void
  /** Progress and remarks, a line: standard output for people, standard error when `--json` owns that. */
  say(line: string): void
  /** What went wrong, a line on standard error. */
  err(line: string): void
  /** A line that the next one overwrites; `undefined` where there is no terminal to overwrite on. */
  readonly live: ((line: string) => void) | undefined
  readonly colour: boolean
}
