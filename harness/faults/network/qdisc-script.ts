import { QDISC } from './names.ts'

/** Runs commands for each network device but `lo`: `$device` is its name. */
function onEachDevice(commands: readonly string[]): string {
  return [
    'for device in $(ip -o link show up | cut -d: -f2 | cut -d@ -f1); do',
    'if [ "$device" = lo ]; then continue; fi',
    ...commands,
    'done',
  ].join('\n')
}

/** All that the target sends is lost with this probability. */
export function netemLossScript(percent: number): string {
  return onEachDevice([`tc qdisc add dev $device root handle ${QDISC}: netem loss ${percent}%`])
}

/**
 * What the target sends is let out at this rate; what waits for more than 400 ms is dropped. The bucket holds 10 ms
 * of it, and never less than the largest packet: the kernel hands over many packets as one.
 */
export function bandwidthScript(kilobitsPerSecond: number): string {
  const burstBytes = Math.max(16 * 1024, Math.ceil((kilobitsPerSecond * 1000) / 8 / 100))
  return onEachDevice([
    `tc qdisc add dev $device root handle ${QDISC}: tbf rate ${kilobitsPerSecond}kbit burst ${burstBytes}b latency 400ms`,
  ])
}

export interface Delay {
  readonly delayMs: number
  readonly jitterMs: number
}

/**
 * Only what the target sends from these ports, its answers, is delayed: a band of its own, which the filter leads
 * them to, as the proxy delays what goes through it.
 */
export function netemDelayScript({ delayMs, jitterMs }: Delay, ports: readonly number[]): string {
  const jitter = jitterMs > 0 ? ` ${jitterMs}ms` : ''
  const toBand = `flowid ${QDISC}:4`
  return onEachDevice([
    `tc qdisc add dev $device root handle ${QDISC}: prio bands 4 priomap ${Array(16).fill('0').join(' ')}`,
    `tc qdisc add dev $device parent ${QDISC}:4 netem delay ${delayMs}ms${jitter}`,
    ...ports.flatMap(port => [
      `tc filter add dev $device parent ${QDISC}: protocol ip prio 1 u32 match ip protocol 6 0xff match ip sport ${port} 0xffff ${toBand}`,
      `tc filter add dev $device parent ${QDISC}: protocol ipv6 prio 2 u32 match ip6 protocol 6 0xff match ip6 sport ${port} 0xffff ${toBand}`,
    ]),
  ])
}
