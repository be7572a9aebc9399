import { messageOf } from '../errors/zonefall-error.ts'
import type { Check, DoctorContext } from './check.ts'
import { broken, type Finding } from './finding.ts'

export type CheckResult = { readonly name: string } & Finding

/** Runs them all, those that measure time first and one after another. In the order of the catalogue; never rejects but when aborted. */
export async function runChecks(
  checks: readonly Check[],
  context: DoctorContext,
  limitMs: number,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const findings = new Map<Check, Finding>()
  const look = async (check: Check) => {
    findings.set(check, await runOne(check, context, limitMs, signal))
  }
  for (const check of checks.filter(({ pace }) => pace === 'alone')) await look(check)
  await Promise.all(checks.filter(({ pace }) => pace === 'together').map(look))
  return checks.flatMap(check => {
    const finding = findings.get(check)
    return finding ? [{ name: check.name, ...finding }] : []
  })
}

async function runOne(
  check: Check,
  context: DoctorContext,
  limitMs: number,
  signal: AbortSignal,
): Promise<Finding> {
  signal.throwIfAborted()
  const limit = AbortSignal.timeout(limitMs)
  const either = AbortSignal.any([signal, limit])
  // Also for a check that does not heed the signal.
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(either.reason)
  either.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([check.run(context, either), aborted.promise])
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted) {
      return broken(`It did not end within ${limitMs / 1000} s.`, 'Is the machine or the engine overloaded?')
    }
    return broken(
      `It could not be looked at: ${messageOf(error)}`,
      'Mend that, then run `zonefall doctor` again.',
    )
  } finally {
    either.removeEventListener('abort', onAbort)
  }
}
