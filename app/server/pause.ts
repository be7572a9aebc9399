import type { ServerResponse } from 'node:http'

/** Waits `ms`, or until the client is gone, whichever is first. */
export function pauseWhileConnected(res: ServerResponse, ms: number): Promise<'waited' | 'client-gone'> {
  if (res.destroyed) return Promise.resolve('client-gone')
  if (ms <= 0) return Promise.resolve('waited')
  return new Promise(resolve => {
    const timer = setTimeout(() => {
      res.off('close', onClose)
      resolve('waited')
    }, ms)
    const onClose = () => {
      clearTimeout(timer)
      resolve('client-gone')
    }
    res.once('close', onClose)
  })
}
