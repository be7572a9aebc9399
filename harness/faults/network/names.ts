/** What is ours in a namespace, by name: so that undoing removes exactly that, whoever does it. */
export const CHAIN_IN = 'ZONEFALL-IN'
export const CHAIN_OUT = 'ZONEFALL-OUT'
export const CHAIN_NAT = 'ZONEFALL-NAT'
export const CHAIN_DNS = 'ZONEFALL-DNS'
/** Handle of our queueing disciplines: "ZF". */
export const QDISC = '5a46'

export const HELPER_IMAGE = 'zonefall/toolbox:1'
/** Longer than the longest warm-up, baseline and hold that an experiment may have: all are armed before any traffic. */
export const HELPER_EXPIRES_SECONDS = 1200
