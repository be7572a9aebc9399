import type { LookupFunction } from 'node:net'
import type { AppSpec } from '../config/app-spec.ts'
import { http } from '../server/node-http.ts'
import { patientTimeout } from '../time/patient-timeout.ts'
import type { Evidence } from './app-health.ts'
import { isUnreachable } from './unreachable.ts'

export interface CheckOptions {
  readonly timeoutMs: number
  readonly lookup: LookupFunction
}

/**
 * Asks /readyz on a fresh connection: a kept one would say nothing of whether new ones get through, and
 * a connection alone says nothing of a frozen process, which still accepts them.
 */
export function checkApp(spec: AppSpec, options: CheckOptions): Promise<Evidence> {
  return new Promise(resolve => {
    const req = http.get(
      { host: spec.host, port: spec.port, path: '/readyz', agent: false, lookup: options.lookup },
      res => {
        res.resume()
        if (res.statusCode === 200) done('check-passed')
        else done(res.statusCode === 503 ? 'check-unready' : 'check-failed')
      },
    )
    const done = (evidence: Evidence) => {
      stopTimer()
      resolve(evidence)
      req.destroy()
    }
    const stopTimer = patientTimeout(() => done('check-failed'), options.timeoutMs)
    req.on('error', (error: NodeJS.ErrnoException) => done(evidenceOf(error)))
  })
}

function evidenceOf(error: NodeJS.ErrnoException): Evidence {
  return isUnreachable(error) ? 'unreachable' : 'check-failed'
}
