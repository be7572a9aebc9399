import type { WriteStream } from 'node:tty'
import type { Terminal } from '../commands/context.ts'

/** Where lines go. With `--json`, standard output carries JSON alone and all else goes to standard error. */
export function openTerminal(
  stdout: WriteStream,
  stderr: WriteStream,
  { json, noColour }: { json: boolean; noColour: boolean },
): Terminal {
  const people = json ? stderr : stdout
  for (const stream of [stdout, stderr]) stream.on('error', unlessNobodyReads)
  let liveShown = false
  const endLive = () => {
    if (liveShown) people.write('\r\u001b[K')
    liveShown = false
  }
  return {
    out(line) {
      endLive()
      stdout.write(`${line}\n`)
    },
    say(line) {
      endLive()
      people.write(`${line}\n`)
    },
    err(line) {
      endLive()
      stderr.write(`${line}\n`)
    },
    live: people.isTTY
      ? line => {
          people.write(`\r\u001b[K${line.slice(0, Math.max(20, (people.columns ?? 80) - 1))}`)
          liveShown = true
        }
      : undefined,
    colour: Boolean(people.isTTY) && !noColour,
  }
}

/** A reader that has gone (`| head`) must not end a run in its middle: all is carried out and undone as it would be. */
function unlessNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
