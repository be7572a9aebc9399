import { promises as dns } from 'node:dns'
import { isIPv4 } from 'node:net'

export type Resolution =
  | { readonly kind: 'found'; readonly addresses: readonly [string, ...string[]] }
  /** The name server answered that there is none: Docker's does so as soon as a container is dead. */
  | { readonly kind: 'not-found' }
  /** It did not answer, or could not: that says nothing of the name. */
  | { readonly kind: 'unknown'; readonly code: string }

export interface ResolverSettings {
  readonly nameservers: readonly string[]
  readonly timeoutMs: number
}

/**
 * Asks the name servers themselves, on our own sockets: getaddrinfo would take one of libuv's four threads for as
 * long as a slow name server likes. /etc/hosts is not read; `localhost` is 127.0.0.1 (RFC 6761).
 */
export class Resolver {
  readonly #settings: ResolverSettings

  constructor(settings: ResolverSettings) {
    this.#settings = settings
  }

  async resolve(host: string): Promise<Resolution> {
    if (isIPv4(host)) return { kind: 'found', addresses: [host] }
    if (host === 'localhost') return { kind: 'found', addresses: ['127.0.0.1'] }
    const { nameservers, timeoutMs } = this.#settings
    const resolver = new dns.Resolver({ timeout: timeoutMs, tries: 1 })
    if (nameservers.length > 0) resolver.setServers(nameservers)
    // With several servers, or one on TCP, the library's own limit holds for each; this one for all.
    const limit = setTimeout(() => resolver.cancel(), timeoutMs)
    try {
      const [first, ...others] = await resolver.resolve4(host)
      return first === undefined ? { kind: 'not-found' } : { kind: 'found', addresses: [first, ...others] }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
      return code === 'ENOTFOUND' || code === 'ENODATA' ? { kind: 'not-found' } : { kind: 'unknown', code }
    } finally {
      clearTimeout(limit)
    }
  }
}
