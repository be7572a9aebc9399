import {
  createLocalJWKSet,
  decodeJwt,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import type { JwtSettings } from '../config/routes-schema.ts'
import { KeysUnavailable, remoteKeys } from './key-set.ts'

export type TokenVerdict =
  | { readonly subject: string; readonly provider: string }
  | { readonly invalid: string }
  | { readonly unavailable: string }

interface Provider {
  readonly settings: JwtSettings
  readonly keys: JWTVerifyGetKey
}

const LONGEST_TOKEN = 8_192

/** Checks tokens by the provider that they name as their issuer, and by that one alone. */
export class Tokens {
  readonly #providers: readonly Provider[]

  constructor(settings: readonly JwtSettings[], nowMs: () => number) {
    this.#providers = settings.map(one => ({
      settings: one,
      keys:
        one.url === undefined
          ? createLocalJWKSet(one.jwks as JSONWebKeySet)
          : remoteKeys({ url: one.url, nowMs }),
    }))
  }

  /** @param allowed names of the providers that the route trusts */
  async check(token: string, allowed: readonly string[]): Promise<TokenVerdict> {
    if (token.length > LONGEST_TOKEN) return { invalid: 'the token is too long' }
    const issuer = issuerOf(token)
    const provider = this.#providers.find(
      ({ settings }) => settings.issuer === issuer && allowed.includes(settings.name),
    )
    if (!provider) return { invalid: 'not a token of an issuer that this route trusts' }
    return await checkWith(provider, token)
  }
}

async function checkWith({ settings, keys }: Provider, token: string): Promise<TokenVerdict> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: settings.issuer,
      audience: settings.audience,
      algorithms: settings.algorithms,
      clockTolerance: settings.clockTolerance / 1_000,
      requiredClaims: ['exp', settings.consumer],
    })
    const subject = payload[settings.consumer]
    // It goes into a header and a log: what is no plain short text is no name.
    if (typeof subject !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(subject)) {
      return { invalid: `its claim "${settings.consumer}" is not a name` }
    }
    return { subject, provider: settings.name }
  } catch (error) {
    if (error instanceof KeysUnavailable) return { unavailable: error.message }
    if (error instanceof errors.JOSEError) return { invalid: reasonOf(error) }
    throw error
  }
}

/** Unverified: it only says whom to ask. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired'
  if (error instanceof errors.JWTClaimValidationFailed)
    return `its claim "${error.claim}" is not as it must be`
  return 'the token is not valid'
}
