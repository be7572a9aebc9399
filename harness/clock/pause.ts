import { setTimeout as sleep } from 'node:timers/promises'

/** Waits, or throws the signal's reason as soon as it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted()
    throw error
  })
}
