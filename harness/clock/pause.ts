import { setTimeout as sleep } from 'node:timers/promises'

/** Waits, or throws the signal's reason as soon as it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted()
    throw error
  })
}

/** Waits so long, or until `early` settles, as it does. */
export async function pauseAtMost(ms: number, early: Promise<void>, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  const pausing = pause(ms, AbortSignal.any([signal, over.signal]))
  await Promise.race([early, pausing]).finally(() => over.abort())
}

/** What the promise comes to, or the signal's reason as soon as it is aborted. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
