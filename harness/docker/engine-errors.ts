import { ZonefallError } from '../errors/zonefall-error.ts'

const LOST = new Set(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ENOENT', 'ENOTCONN', 'ETIMEDOUT'])

/** Turns the end of the connection to the engine, in any call of this object, into ENGINE_LOST; other errors stay. */
export function withEngineErrors<Api extends object>(api: Api): Api {
  return new Proxy(api, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver)
      if (typeof value !== 'function') return value
      return async (...args: unknown[]) => {
        try {
          return await value.apply(target, args)
        } catch (error) {
          throw isConnectionError(error)
            ? new ZonefallError('ENGINE_LOST', 'The Docker engine stopped answering in mid-run.', {
                cause: error,
              })
            : error
        }
      }
    },
  })
}

function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error) || 'statusCode' in error) return false
  return LOST.has((error as NodeJS.ErrnoException).code ?? '') || error.message === 'socket hang up'
}
