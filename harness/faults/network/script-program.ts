import { CLEAR_SCRIPT, SHOW_SCRIPT } from './clear.ts'
import { HELPER_EXPIRES_SECONDS } from './names.ts'

/**
 * A standing helper's program in shell, which knows these words: `inject` runs the script given, `heal` and `clear` clear the
 * namespace, `show` prints what is ours there. It clears the namespace, too, when its input ends or it expires.
 */
export function scriptProgram(inject: string, expiresSeconds = HELPER_EXPIRES_SECONDS): string[] {
  const words = { inject: `set -e\n${inject}`, heal: CLEAR_SCRIPT, clear: CLEAR_SCRIPT, show: SHOW_SCRIPT }
  const text = [
    `clear() { ( ${CLEAR_SCRIPT}\n); }`,
    "trap 'clear; exit 4' TERM",
    'while read -r word; do case $word in',
    ...Object.entries(words).map(([word, script]) => `${word}) ( ${script}\n) 2>&1; echo "@ $?";;`),
    'esac; done',
    'clear',
  ].join('\n')
  return ['timeout', '-k', '10', '-s', 'TERM', String(expiresSeconds), '/bin/sh', '-c', text]
}
