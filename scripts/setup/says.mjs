/** What set-up tells its user: one line a step, on standard error, before the step is taken. */
export function say(line) {
  process.stderr.write(`setup: ${line}\n`)
}

/** The machine is not fit and set-up cannot make it so. `whatToDo` is printed beneath, line by line. */
export class SetupError extends Error {
  name = 'SetupError'
  exitCode = 4

  constructor(whatHappened, whatToDo, cause) {
    super(whatHappened, cause === undefined ? undefined : { cause })
    this.whatToDo = [whatToDo].flat()
  }
}

/** The last lines of a long output: what went wrong usually stands there. */
export function lastLines(text, count = 12) {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}
