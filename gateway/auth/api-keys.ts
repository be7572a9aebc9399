import { createHash, timingSafeEqual } from 'node:crypto'
import type { ConsumerSettings } from '../config/routes-schema.ts'

/**
 * Whose key it is. Hashes are compared, all of them and each in constant time, so that how long it takes tells
 * nothing of how near a guess came, nor of whose key it came near to.
 */
export class ApiKeys {
  readonly #known: readonly { readonly hash: Buffer; readonly consumer: string }[]

  constructor(consumers: readonly ConsumerSettings[]) {
    this.#known = consumers.flatMap(({ name, sha256 }) =>
      sha256.map(hex => ({ hash: Buffer.from(hex, 'hex'), consumer: name })),
    )
  }

  ownerOf(key: string): string | undefined {
    const presented = createHash('sha256').update(key, 'utf8').digest()
    let owner: string | undefined
    for (const { hash, consumer } of this.#known) {
      if (timingSafeEqual(hash, presented)) owner = consumer
    }
    return owner
  }
}
