import { CHAIN_OUT } from './names.ts'

/** The same by iptables: what the target sends is dropped, before it gets to a device, with this probability. */
export function statisticLossScript(percent: number): string {
  const probability = (percent / 100).toFixed(4)
  const rules = [
    `-N ${CHAIN_OUT}`,
    `-A ${CHAIN_OUT} ! -o lo -m statistic --mode random --probability ${probability} -j DROP`,
    `-I OUTPUT 1 -j ${CHAIN_OUT}`,
  ]
  return [
    ...rules.map(rule => `iptables -w 5 ${rule}`),
    'if ip6tables -w 5 -L -n >/dev/null 2>&1; then',
    ...rules.map(rule => `ip6tables -w 5 ${rule}`),
    'fi',
  ].join('\n')
}
