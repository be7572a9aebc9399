import { isIP } from 'node:net'

/** Whether a host of a URL is this machine's loopback: 127.0.0.0/8, ::1 or localhost. */
export function isLoopback(hostname: string): boolean {
  const host = withoutBrackets(hostname)
  if (isIP(host) === 4) return host.startsWith('127.')
  return host === '::1' || host === 'localhost'
}

/** The address to connect to, so that no resolver can send traffic elsewhere. Throws for a host that is not loopback. */
export function loopbackAddress(hostname: string): string {
  if (!isLoopback(hostname)) throw new Error(`${hostname} is not a loopback address`)
  const host = withoutBrackets(hostname)
  return host === 'localhost' ? '127.0.0.1' : host
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}
