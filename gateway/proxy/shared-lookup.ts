import dns, { type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'

type Outcome = { readonly addresses: LookupAddress[] } | { readonly error: NodeJS.ErrnoException }

/**
 * One look-up of a name at a time, its answer good for `ttlMs`.
 *
 * The system's resolver runs on a pool of four threads. A name that hangs, as a dead container's may,
 * asked for by every check and every request, would fill the pool and stop the look-ups of the living.
 */
export function createSharedLookup(options: { ttlMs: number; nowMs: () => number }): LookupFunction {
  const { ttlMs, nowMs } = options
  const known = new Map<string, { readonly untilMs: number; readonly addresses: LookupAddress[] }>()
  const running = new Map<string, Promise<Outcome>>()

  const ask = (host: string): Promise<Outcome> => {
    const asked = new Promise<Outcome>(resolve => {
      dns.lookup(host, { all: true }, (error, addresses) => {
        running.delete(host)
        if (error) resolve({ error })
        else {
          known.set(host, { untilMs: nowMs() + ttlMs, addresses })
          resolve({ addresses })
        }
      })
    })
    running.set(host, asked)
    return asked
  }

  return (host, { all, family }, callback) => {
    const fresh = known.get(host)
    const outcome =
      fresh && fresh.untilMs > nowMs()
        ? Promise.resolve<Outcome>({ addresses: fresh.addresses })
        : (running.get(host) ?? ask(host))
    void outcome.then(found => {
      if ('error' in found) return callback(found.error, [])
      const fitting = found.addresses.filter(({ family: has }) => !family || has === Number(family))
      const first = fitting[0]
      if (!first)
        return callback(Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' }), [])
      if (all) callback(null, fitting)
      else callback(null, first.address, first.family)
    })
  }
}
