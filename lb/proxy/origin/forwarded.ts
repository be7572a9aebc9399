/** What a `Forwarded` header may say of a request, in HAProxy's words for it. */
export const FORWARDED_PARAMETERS = ['for', 'for-port', 'proto', 'host', 'by', 'by-port'] as const

export type ForwardedParameter = (typeof FORWARDED_PARAMETERS)[number]

/** Where a request came in. */
export interface Hop {
  /** The client's address. */
  readonly address: string
  /** What it asked for. */
  readonly host: string
  /** Both ends of its connection. */
  readonly socket: {
    readonly remotePort?: number | undefined
    readonly localAddress?: string | undefined
    readonly localPort?: number | undefined
  }
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const PAIR = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[^"\\]|\\.)*")/.source
/** No empty elements, though RFC 9110 5.6.1 lets them be: without them, no text can be read in two ways. */
const ELEMENT = `${PAIR}(?:[\\t ]*;[\\t ]*${PAIR})*`
const LIST = new RegExp(`^${ELEMENT}(?:[\\t ]*,[\\t ]*${ELEMENT})*$`)

/** One element of the header (RFC 7239 4), with these parameters in their order. */
export function forwardedElement(parameters: readonly ForwardedParameter[], hop: Hop): string {
  let element = ''
  for (const parameter of parameters) {
    const separator = element === '' ? '' : ';'
    element += separator + pair(parameter, hop)
  }
  return element
}

/** Whether what a client said can be continued: in an open quote, all that comes behind it would be lost. */
export function isForwarded(value: string): boolean {
  return LIST.test(value)
}

function pair(parameter: ForwardedParameter, { address, host, socket }: Hop): string {
  switch (parameter) {
    case 'for':
      return `for=${node(address)}`
    case 'for-port':
      return `for=${nodeWithPort(address, socket.remotePort)}`
    case 'proto':
      return 'proto=http'
    case 'host':
      return `host=${quotedUnlessToken(host)}`
    case 'by':
      return `by=${node(addressOf(socket.localAddress))}`
    case 'by-port':
      return `by=${nodeWithPort(addressOf(socket.localAddress), socket.localPort)}`
  }
}

/** An IPv6 address is written in brackets, and so in quotes; one that is not known any more is `unknown`. */
function node(address: string): string {
  return address.includes(':') ? `"[${address}]"` : address
}

function nodeWithPort(address: string, port: number | undefined): string {
  if (port === undefined) return node(address)
  return address.includes(':') ? `"[${address}]:${port}"` : `"${address}:${port}"`
}

function addressOf(address: string | undefined): string {
  return address?.replace(/^::ffff:/, '') ?? 'unknown'
}

function quotedUnlessToken(value: string): string {
  return TOKEN.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}
