import { setTimeout as pause } from 'node:timers/promises'
import { Full, Gate } from './gate.ts'
import { serve } from './service.ts'

/**
 * A store that reads one thing at a time, 20 ms each: 50 a second and no more, on any machine. It answers in the
 * order of asking, and does not know that whoever asked may have given up: it reads for him all the same.
 */
const READ_MS = 20

export function serveOneAtATime(mayWait: number): void {
  const gate = new Gate(1, mayWait)
  serve(({ pathname }) =>
    gate
      .through(() => pause(READ_MS))
      .then(
        () => ({ status: 200, text: `what ${pathname} holds` }),
        error => {
          if (!(error instanceof Full)) throw error
          return { status: 503, text: 'too many are waiting' }
        },
      ),
  )
}
