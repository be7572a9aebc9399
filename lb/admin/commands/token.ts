import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ConfigError } from '../../config/load-config.ts'
import type { Config } from '../../config/schema.ts'

/** Shorter ones can be guessed. */
const MIN_LENGTH = 16

/** Who may give commands: nobody, or whoever shows the token. */
export type Authority = { readonly kind: 'nobody' } | { readonly kind: 'bearer'; readonly digest: Buffer }

/** The configuration's file goes before the environment's word. Throws a ConfigError if neither is of use. */
export function readAuthority({ admin }: Config, fromEnvironment: string | undefined): Authority {
  const path = admin['token-file']
  if (path !== undefined) return bearer(readToken(path), path)
  if (fromEnvironment) return bearer(fromEnvironment, 'ZONEFALL_LB_TOKEN')
  return { kind: 'nobody' }
}

export type Permission = 'granted' | 'off' | 'refused'

/** Compared in constant time, and by digest, so that not even the length can be measured. */
export function permit(authority: Authority, authorization: string | undefined): Permission {
  if (authority.kind === 'nobody') return 'off'
  const [, token] = /^Bearer ([^\s]+)$/i.exec(authorization ?? '') ?? []
  return token !== undefined && timingSafeEqual(digestOf(token), authority.digest) ? 'granted' : 'refused'
}

function bearer(token: string, source: string): Authority {
  if (token.length < MIN_LENGTH || /\s/.test(token)) {
    throw new ConfigError(
      `${source}: the token must be ${MIN_LENGTH} characters or more, none of them a space`,
    )
  }
  return { kind: 'bearer', digest: digestOf(token) }
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new ConfigError(`admin.token-file: ${path} cannot be read; give the path of a readable file`, {
      cause,
    })
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
