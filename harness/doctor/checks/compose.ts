import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { messageOf } from '../../errors/zonefall-error.ts'
import type { Check } from '../check.ts'
import { broken, type Finding, fine } from '../finding.ts'
import { atLeast } from '../version.ts'

const LEAST = '2.0'

/** The docker command's plug-in: it is on this machine, whatever the engine is. */
export const compose: Check = {
  name: 'Compose',
  pace: 'together',
  run: (_context, signal) =>
    promisify(execFile)('docker', ['compose', 'version', '--short'], { signal }).then(
      ({ stdout }) => judgeCompose(stdout.trim()),
      (error: Error & { stderr?: string }) => {
        signal.throwIfAborted()
        return broken(
          `\`docker compose version\` fails: ${error.stderr?.trim().split('\n')[0] || messageOf(error)}`,
          'Run `npm run setup`, or install the Compose plug-in of your Docker.',
        )
      },
    ),
}

export function judgeCompose(version: string): Finding {
  if (atLeast(version, LEAST)) return fine(`${version}; ${LEAST} is needed`)
  return broken(
    `Compose is ${version || 'of an unknown version'}; ${LEAST} is needed.`,
    'Run `npm run setup`, or install a newer Compose plug-in.',
  )
}
