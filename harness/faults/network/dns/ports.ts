/**
 * Our own queries to the real name server leave from these ports, by which the rules know them from the target's. The
 * kernel does not choose them for others, unless it was told to.
 */
export const OWN_PORTS = { from: 61_000, to: 61_999 }

export const DNS_PORT = 53

/** They in turn, without an end: one that was used just now may not be free yet. */
export function* ownPorts(): Generator<number, never> {
  for (let port = OWN_PORTS.from; ; port = port === OWN_PORTS.to ? OWN_PORTS.from : port + 1) yield port
}
