import { ZonefallError } from '../errors/zonefall-error.ts'
import type { SideName } from './side-images.ts'

/** Both sides run under one project's name: an error that names the project does not say which it was. */
export function nameSide(side: SideName): (error: unknown) => never {
  return error => {
    if (!(error instanceof ZonefallError) || error.code === 'INTERRUPTED') throw error
    const message = error.message.startsWith(`The ${side}`) ? error.message : `The ${side}: ${error.message}`
    throw new ZonefallError(error.code, message, { cause: error, advice: error.advice })
  }
}
